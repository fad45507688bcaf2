"""Loading what a fresh database starts with."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from ..models import CommuneRule, Item, Pattern, Sector, SectorCommune

_DEFAULTS = Path(__file__).parents[1] / "data" / "defaults.yaml"


@transaction.atomic
def defaults_load() -> int:
    """Insert the sectors, rules, patterns and items that are missing; returns how many items.

    What is there is left alone: a supervisor's change outlives every start.  A commune that is in
    another sector by now stays there, and a sector's patterns come with its first insertion only.
    ONE transaction: a crash leaves the database as it was and the next start loads it all.
    """
    data = yaml.safe_load(_DEFAULTS.read_text(encoding="utf-8"))
    today = timezone.localdate()
    for row in data["sectors"]:
        _sector(row, data["patterns"], today)
    for row in data["rules"]:
        values = {name: value for name, value in row.items() if name != "commune"}
        CommuneRule.objects.get_or_create(commune_id=row["commune"], defaults=values)
    items = [_item(row, is_accepted=True) for row in data["items"]]
    items += [_item(row, is_accepted=False) for row in data["forbidden"]]
    Item.objects.bulk_create(items, ignore_conflicts=True)
    return len(items)


def _sector(row: dict[str, Any], patterns: dict[str, Any], today: date) -> None:
    sector, is_new = Sector.objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "operator_name": row.get("operator", ""),
            "operator_phone": row.get("phone", ""),
        },
    )
    if not is_new:
        return
    SectorCommune.objects.bulk_create(
        [SectorCommune(commune_id=insee, sector=sector) for insee in row["communes"]],
        ignore_conflicts=True,
    )
    if sector.is_served:
        for window, terms in patterns["windows"].items():
            Pattern.objects.create(
                sector=sector,
                weekdays=patterns["weekdays"],
                starts_on=today,
                window=window,
                **terms,
            )


def _item(row: dict[str, Any], *, is_accepted: bool) -> Item:
    return Item(
        code=row["code"],
        label_fr=row["fr"],
        label_en=row["en"],
        synonyms=row["synonyms"],
        is_accepted=is_accepted,
        litres=row.get("litres"),
        instead_fr=row.get("instead_fr", ""),
        instead_en=row.get("instead_en", ""),
    )
