"""What the assistant is told, and refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from agent_console.knowledge.models import Article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeds")]
BEARER = f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"


def ask(headers: dict[str, str] | None = None, **body: Any) -> Any:
    return Client().post(
        "/api/v1/knowledge/answers",
        body,
        content_type="application/json",
        headers=headers if headers is not None else {"Authorization": BEARER},
    )


def test_what_was_understood_is_answered_with_its_source(settings: Settings) -> None:
    answer = ask(intent="ask_how_to_earn")
    assert answer.status_code == 200
    article = Article.objects.get(code="gagner-des-points")
    assert answer.json()["article"] == {
        "code": "gagner-des-points",
        "title": article.title_fr,
        "answer": article.answer_fr,
        "source_label": article.source_label,
        "source_url": f"{settings.PUBLIC_BASE_URL}/offres/",
    }
    english = ask(intent="ask_how_to_earn", locale="en").json()["article"]
    assert english["answer"] == article.answer_en


def test_what_was_written_is_answered_or_not() -> None:
    found = ask(text="Que faire de médicaments périmés ?").json()["article"]
    assert (found["code"], found["source_url"][:4]) == ("medicaments", "http")
    assert ask(text="Qui a gagné le match ?").json() == {"article": None}
    # No English text: the assistant doesn't answer an English speaker in French.
    assert ask(text="medicaments perimes rapporter", locale="en").json() == {"article": None}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {"text": "x"}, 401),
        (None, {"text": "x" * 2001}, 422),
        (None, {"locale": "de"}, 422),
        (None, {"question": "x"}, 422),
    ],
)
def test_refusals(headers: dict[str, str] | None, body: dict[str, Any], status: int) -> None:
    answer = ask(headers, **body)
    assert answer.status_code == status
    assert answer.json()["code"]
