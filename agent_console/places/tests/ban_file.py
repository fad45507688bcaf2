"""Made-up files in the national base's format: real communes, invented streets."""

import gzip
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent_console.places.ban.rows import PUBLISHED
from agent_console.places.models import Commune

HEADER = ";".join(PUBLISHED)
_KINDS = ("Rue", "Avenue", "Boulevard", "Impasse", "Chemin", "Traverse", "Place", "Allée")
_FIRST = (
    "des Lavandes du Romarin de la Sarriette des Cyprès des Tilleuls du Moulin de la Fontaine des "
    "Oliviers de l’Aubépine des Genêts du Puits de la Bastide des Cigales du Mistral de la Garrigue"
)
_LAST = "Neuf Vieux Haut Bas Bleu Blanc Vert Fleuri Perdu Ancien Joli Caché Perché Doré Rond"


def ban_line(
    ban_id: str,
    number: int | str,
    street: str,
    *,
    suffix: str = "",
    postcode: str = "13006",
    insee: str = "13206",
    commune: str = "Marseille 6e Arrondissement",
    longitude: float | str = 5.38,
    latitude: float | str = 43.29,
    certified: str = "1",
) -> str:
    """One line; every column of the published set."""
    values = dict.fromkeys(PUBLISHED, "") | {
        "id": ban_id,
        "numero": str(number),
        "rep": suffix,
        "nom_voie": street,
        "code_postal": postcode,
        "code_insee": insee,
        "nom_commune": commune,
        "lon": str(longitude),
        "lat": str(latitude),
        "type_position": "entrée",
        "libelle_acheminement": commune.upper(),
        "nom_afnor": street.upper(),
        "source_position": "commune",
        "source_nom_voie": "commune",
        "certification_commune": certified,
    }
    return ";".join(values.values())


def ban_write(path: Path, lines: Iterable[str], *, gzipped: bool = False) -> Path:
    """Write a file with its header."""
    text = itertools.chain([HEADER], lines)
    if gzipped:
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in text)
    else:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in text)
    return path


def city_lines(count: int, *, numbers: int = 12) -> Iterator[str]:
    """``count`` addresses, ``numbers`` to a street, in every commune of the Metropolis in turn."""
    communes = list(Commune.objects.exclude(insee="13055").order_by("insee"))
    firsts = [name.strip() for name in _names(_FIRST)]
    streets = itertools.product(firsts, _LAST.split(), _KINDS)
    made = 0
    for order, (first, last, kind) in enumerate(itertools.cycle(streets)):
        commune = communes[order % len(communes)]
        street_id = f"{commune.insee}_{order:05x}"
        for number in range(1, numbers + 1):
            if made == count:
                return
            made += 1
            yield ban_line(
                f"{street_id}_{number:05}",
                number,
                f"{kind} {first} {last}",
                postcode=commune.postcodes[0],
                insee=commune.insee,
                commune=commune.name,
                longitude=round(4.9 + (order % 700) * 0.001 + number * 0.00005, 6),
                latitude=round(43.2 + (order // 700) * 0.012 + (number % 2) * 0.0001, 6),
            )


def _names(text: str) -> Iterator[str]:
    """ "des Lavandes du Romarin" as "des Lavandes", "du Romarin"."""
    name = ""
    for word in text.split():
        name += f" {word}"
        if word[0].isupper() or word.startswith("l’"):
            yield name
            name = ""
