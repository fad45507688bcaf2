"""What can be reported and what is asked about it, as programs read it."""

import hashlib
import json
from typing import Any

from .models import Category, Report


def catalogue_rows() -> list[dict[str, Any]]:
    """Every category with its questions, in the order of their codes; two queries."""
    categories = Category.objects.select_related("service").prefetch_related("questions")
    return [
        {
            "code": category.code,
            "label_fr": category.label_fr,
            "label_en": category.label_en,
            "service": category.service_id,
            "service_label": category.service.label,
            "clock": category.clock,
            "target_hours": category.target_hours,
            "points": category.reward_points,
            "questions": [
                {
                    "code": question.code,
                    "label_fr": question.label_fr,
                    "label_en": question.label_en,
                    "kind": question.kind,
                    "is_required": question.is_required,
                    "choices": question.choices,
                }
                for question in category.questions.all()
            ],
        }
        for category in categories.order_by("code")
    ]


def catalogue_etag(rows: list[dict[str, Any]]) -> str:
    """A strong ETag (RFC 9110 §8.8.3): the same rows, the same tag."""
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def questions_missing(report: Report) -> list[str]:
    """Codes of the questions of the report's category that have no answer yet."""
    return [
        question.code
        for question in report.category.questions.all()
        if question.code not in report.answers
    ]
