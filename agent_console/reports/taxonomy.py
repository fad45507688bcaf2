"""Bringing the shipped taxonomy into the database; what a supervisor changed stays."""

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from .case_rules import case_rules_load
from .models import Category, Question, Service

_FILE = Path(__file__).parent / "data" / "taxonomy.yaml"


@transaction.atomic
def taxonomy_load() -> int:
    """Insert the services and categories that are missing; returns how many the file has.

    What is there is left alone: a supervisor's change outlives every start.  Rows from before the
    file's ``data_version`` get its new columns and questions once, all in this ONE transaction.
    """
    data = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    Service.objects.bulk_create(
        [Service(code=code, label=label) for code, label in data["services"].items()],
        ignore_conflicts=True,
    )
    rows = {row["code"]: row for row in data["report_categories"]}
    Category.objects.bulk_create(
        [
            Category(
                code=code,
                service_id=row["group"],
                label_fr=row["label_fr"],
                label_en=row["label_en"],
                clock=row["clock"],
                target_hours=row["target_hours"],
                reward_points=row["reward"],
            )
            for code, row in rows.items()
        ],
        ignore_conflicts=True,
    )
    version = data["data_version"]
    older = Category.objects.select_for_update().filter(code__in=rows, data_version__lt=version)
    _fill(list(older), rows, data["questions"], version)
    case_rules_load()
    return len(rows)


def _fill(
    categories: list[Category], rows: dict[str, Any], questions: dict[str, Any], version: int
) -> None:
    asked = []
    for category in categories:
        row = rows[category.code]
        category.family = row["family"]
        category.duplicate_radius_m = row["radius_m"]
        category.duplicate_age_days = row["age_days"]
        category.data_version = version
        asked += [
            Question(
                category=category,
                code=code,
                is_required=code in row["must_ask"],
                position=position,
                **{"choices": [], **questions[code]},
            )
            for position, code in enumerate(row["ask"])
        ]
    Category.objects.bulk_update(
        categories, ["family", "duplicate_radius_m", "duplicate_age_days", "data_version"]
    )
    Question.objects.bulk_create(asked, ignore_conflicts=True)
