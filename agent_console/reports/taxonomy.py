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
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for code, label in data["services"].items():
        Service.objects.get_or_create(code=code, defaults={"label": label})
    version = data["data_version"]
    for row in data["report_categories"]:
        category, _ = Category.objects.get_or_create(
            code=row["code"],
            defaults={
                "service_id": row["group"],
                "label_fr": row["label_fr"],
                "label_en": row["label_en"],
                "clock": row["clock"],
                "target_hours": row["target_hours"],
                "reward_points": row["reward"],
            },
        )
        if category.data_version < version:
            _fill(category, row, data["questions"])
            category.data_version = version
            category.save()
    case_rules_load()
    return len(data["report_categories"])


def _fill(category: Category, row: dict[str, Any], questions: dict[str, Any]) -> None:
    category.family = row["family"]
    category.duplicate_radius_m = row["radius_m"]
    category.duplicate_age_days = row["age_days"]
    for position, code in enumerate(row["ask"]):
        Question.objects.get_or_create(
            category=category,
            code=code,
            defaults={
                "is_required": code in row["must_ask"],
                "position": position,
                "choices": [],
                **questions[code],
            },
        )
