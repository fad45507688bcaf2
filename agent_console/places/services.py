"""Loading the territory: communes here, addresses in ``ban.loading``."""

import csv
from pathlib import Path

from django.db import transaction

from .ban.loading import LoadOvertaken, LoadResult, addresses_load
from .models import Commune
from .names import fold

__all__ = ["LoadOvertaken", "LoadResult", "addresses_load", "communes_load"]

_DATA = Path(__file__).parent / "data"
_MARSEILLE = "13055"


@transaction.atomic
def communes_load() -> int:
    """Insert or update the communes from the files of the project; returns how many there are."""
    rows: list[tuple[dict[str, str], str | None]] = [
        (row, None) for row in _read("communes_amp.csv")
    ]
    rows += [(row, _MARSEILLE) for row in _read("arrondissements_marseille.csv")]
    Commune.objects.bulk_create(
        [
            Commune(
                insee=row["insee"],
                name=row["nom"],
                search_name=fold(row["nom"]),
                parent_id=parent,
                population=int(row["population"]),
                postcodes=row["codes_postaux"].split(),
            )
            for row, parent in rows
        ],
        update_conflicts=True,
        unique_fields=["insee"],
        update_fields=["name", "search_name", "parent", "population", "postcodes"],
    )
    return len(rows)


def _read(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
