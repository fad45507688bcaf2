"""When people answer: one set of hours for the page, callers and the assistant."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from agent_console.calls.announcements import announcement_start
from agent_console.calls.models import AnnouncementKind
from agent_console.calls.selectors import desk_is_open
from agent_console.opening.models import DeskException
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
PAGE = "/nous-joindre/"


@pytest.fixture(autouse=True)
def day_and_night(settings: Settings) -> None:
    settings.HELP_DESK_HOURS = "0-24"


@pytest.fixture
def closed_today() -> DeskException:
    today = timezone.localdate()
    return DeskException.objects.create(
        first_day=today, last_day=today + timedelta(days=1), reason="Inventaire"
    )


def ask(client: Client, locale: str = "fr", token: str = "") -> Any:
    token = token or os.environ["CONSOLE_API_TOKEN_ACTIONS"]
    return client.get(
        f"/api/v1/opening?locale={locale}", headers={"Authorization": f"Bearer {token}"}
    )


def test_everybody_is_told_that_somebody_answers(client: Client) -> None:
    assert "Un conseiller répond en ce moment." in client.get(PAGE).text
    assert "An adviser answers right now." in client.get(f"{PAGE}?lang=en").text
    assert ask(client).json() == {
        "is_open": True,
        "hours": "tous les jours, jour et nuit",
        "opens_at": None,
        "opens": "",
    }
    assert desk_is_open()


def test_an_exceptional_closure_is_known_everywhere_at_once(
    client: Client, closed_today: DeskException
) -> None:
    page = client.get(PAGE).text
    assert "Personne ne répond en ce moment. Un conseiller est de nouveau là" in page
    assert page.count("fermé (Inventaire)") == 2
    told = ask(client, "en").json()
    assert told["is_open"] is False
    assert told["opens"].endswith("at midnight")
    assert told["opens_at"] is not None
    assert not desk_is_open()


def test_an_announcement_closes_the_desk_within_its_hours(
    client: Client, make_user: Callable[..., User]
) -> None:
    announcement_start(
        kind=AnnouncementKind.values[0],  # type: ignore[arg-type]
        text="Nous sommes absents.",
        closes_desk=True,
        actor=make_user("nadia"),
    )
    told = ask(client).json()
    assert (told["is_open"], told["opens_at"], told["opens"]) == (False, None, "")
    assert "Personne ne répond en ce moment. L’assistant" in client.get(PAGE).text


def test_the_assistant_needs_its_token_and_a_language(client: Client) -> None:
    assert ask(client, token="wrong").status_code == 401
    assert ask(client, "de").status_code == 422


def test_the_page_breaks_no_rule(client: Client, closed_today: DeskException) -> None:
    pages = {}
    for lang in ("fr", "en"):
        answer = client.get(f"{PAGE}?lang={lang}")
        policy = answer.headers["Content-Security-Policy"]
        pages[f"/{lang}/"] = RenderedPage(answer.text, policy)
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
