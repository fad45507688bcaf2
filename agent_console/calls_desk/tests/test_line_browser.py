"""The line above the form, in Chromium: a caller is held while what was typed stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from agent_console.calls.models import Call as Line
from service_kit.browser import headless, violations

from .calling import URL
from .conftest import Assistant
from .test_line import line, operator

__all__ = ["line", "operator"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_jobs", "metropolis"),
]


def test_the_caller_is_held_from_the_form_without_losing_a_word(
    live_server: Any, client: Client, operator: User, line: Line, assistant: Assistant
) -> None:
    client.force_login(operator)
    cookie = client.cookies["sessionid"].value
    opened = client.post(f"{URL}ligne/{line.pk}/").url  # type: ignore[attr-defined]
    with headless() as browser:
        context = browser.new_context(base_url=live_server.url, locale="fr-FR")
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(opened)
        expect(page.get_by_role("button", name="Mettre en attente")).to_be_visible()
        page.get_by_label("Ce que dit l’appelant").fill("Un lampadaire éteint")
        page.keyboard.press("Alt+a")
        expect(page.get_by_text("Mise en attente…")).to_be_visible()
        expect(page.get_by_label("Ce que dit l’appelant")).to_have_value("Un lampadaire éteint")
        expect(page.get_by_role("button", name="Reprendre l’appelant")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Alt+a")
        expect(page.get_by_role("button", name="Mettre en attente")).to_be_visible()
