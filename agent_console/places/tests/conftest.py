"""A small hand-made gazetteer in the national base's format, loaded as a real file would be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache

from agent_console.places.ban.loading import addresses_load
from agent_console.places.geocoding import http

from .ban_file import ban_line, ban_write

_MARSEILLE = "Marseille {}e Arrondissement"
# (street, INSEE, postcode, commune, longitude, latitude)
STREETS = (
    ("Rue Paradis", "13206", "13006", _MARSEILLE.format(6), 5.380, 43.285),
    ("Rue Paradis", "13208", "13008", _MARSEILLE.format(8), 5.383, 43.270),
    ("Rue de la République", "13202", "13002", _MARSEILLE.format(2), 5.370, 43.300),
    ("Rue de la République", "13005", "13400", "Aubagne", 5.570, 43.293),
    ("Boulevard du Général de Gaulle", "13054", "13700", "Marignane", 5.214, 43.416),
    ("Rue Saint-Ferréol", "13206", "13006", _MARSEILLE.format(6), 5.379, 43.292),
    (
        "Avenue du 7e Régiment de Tirailleurs Algériens",
        "13209",
        "13009",
        _MARSEILLE.format(9),
        5.42,
        43.24,
    ),
    ("Rue des Trois Mages", "13206", "13006", _MARSEILLE.format(6), 5.384, 43.294),
    ("Avenue Jules Cantini", "13206", "13006", _MARSEILLE.format(6), 5.387, 43.286),
    ("La Canebière", "13201", "13001", "Marseille 1er Arrondissement", 5.379, 43.297),
    ("Impasse Pichou", "13216", "13016", _MARSEILLE.format(16), 5.33, 43.36),
    ("Chemin de la Nerthe", "13216", "13016", _MARSEILLE.format(16), 5.32, 43.37),
    ("Rue de Paris", "13201", "13001", "Marseille 1er Arrondissement", 5.375, 43.301),
    ("Boulevard de Lyon", "13215", "13015", _MARSEILLE.format(15), 5.36, 43.34),
    ("Place de la Gare du Sud", "13210", "13010", _MARSEILLE.format(10), 5.39, 43.282),
    ("Rond-Point du Prado", "13208", "13008", _MARSEILLE.format(8), 5.393, 43.272),
    ("Rue Louve", "13117", "13127", "Vitrolles", 5.25, 43.45),
    ("Chemin du Vallon de l’Oriol", "13207", "13007", _MARSEILLE.format(7), 5.36, 43.28),
    ("Traverse Notre-Dame de Bon Secours", "13214", "13014", _MARSEILLE.format(14), 5.39, 43.33),
    ("Boulevard Fenouil", "13216", "13016", _MARSEILLE.format(16), 5.34, 43.36),
    ("Rue des Prés", "13213", "13013", _MARSEILLE.format(13), 5.43, 43.33),
    ("Chemin du Mauvais Pas", "13213", "13013", _MARSEILLE.format(13), 5.44, 43.34),
    ("Avenue de la Marche pour l’Égalité", "13203", "13003", _MARSEILLE.format(3), 5.38, 43.31),
    ("Place du Marché", "13207", "13007", _MARSEILLE.format(7), 5.35, 43.29),
)
NUMBERS = ((1, ""), (2, ""), (5, ""), (9, "a"), (9, "b"), (12, ""), (12, "bis"), (20, ""), (21, ""))


@pytest.fixture
def gazetteer(metropolis: None, tmp_path: Path) -> None:
    """The streets above with a few numbers each; the last of "Rue Paradis" (8th) go to 400."""
    lines = []
    for order, (street, insee, postcode, commune, longitude, latitude) in enumerate(STREETS):
        numbers = [*NUMBERS, (400, "")] if insee == "13208" and order == 1 else NUMBERS
        for number, suffix in numbers:
            ban_id = f"{insee}_{order:04d}_{number:05d}" + (f"_{suffix}" if suffix else "")
            lines.append(
                ban_line(
                    ban_id,
                    number,
                    street,
                    suffix=suffix,
                    postcode=postcode,
                    insee=insee,
                    commune=commune,
                    longitude=longitude + number * 0.00005,
                    latitude=latitude,
                )
            )
    addresses_load(path=ban_write(tmp_path / "gazetteer.csv", lines), source="test")


@pytest.fixture
def geocoder_service(settings: object, metropolis: None) -> Callable[[str], None]:
    """Point the HTTP geocoder at an address, with nothing remembered of other tests."""

    def use(url: str) -> None:
        settings.GEOCODER_URL = url  # type: ignore[attr-defined]
        http.forget()
        if url:
            cache.clear()

    return use
