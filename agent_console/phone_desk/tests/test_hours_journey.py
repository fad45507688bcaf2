"""A closure announced in Chromium by a supervisor, read by a resident, then taken back."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from agent_console.opening.loading import desk_hours_load
from service_kit.browser import headless, violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_jobs"),
]


@pytest.fixture
def supervisor(client: Client, make_user: Callable[..., User], settings: Settings) -> Client:
    """Signed in; people answer day and night."""
    settings.HELP_DESK_HOURS = "0-24"
    desk_hours_load()
    client.force_login(make_user("nadia", "opening.change_hours"))
    return client


def _told(url: str) -> dict[str, Any]:
    """What the assistant is told of the hours."""
    token = os.environ["CONSOLE_API_TOKEN_ACTIONS"]
    headers = {"Authorization": f"Bearer {token}"}
    answer: dict[str, Any] = httpx.get(f"{url}/api/v1/opening", headers=headers).json()
    return answer


def test_a_closure_is_announced_at_once_and_taken_back(
    live_server: Any, supervisor: Client
) -> None:
    url, cookie = live_server.url, supervisor.cookies["sessionid"]
    today = f"{timezone.localdate():%Y-%m-%d}"
    with headless() as browser:
        desk = browser.new_context(base_url=url, locale="fr-FR")
        desk.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])
        page = desk.new_page()
        resident = browser.new_context(
            base_url=url, locale="fr-FR", viewport={"width": 360, "height": 740}
        ).new_page()

        resident.goto("/")
        resident.get_by_role("link", name="Horaires").click()
        _reads(resident, "Un conseiller répond en ce moment.")
        assert _told(url)["is_open"] is True

        page.goto("/console/settings/")
        page.get_by_role("link", name="Fermetures et horaires exceptionnels").click()
        page.get_by_role("link", name="Ajouter").click()
        page.get_by_label("Premier jour").fill(today)
        page.get_by_label("Dernier jour").fill(today)
        page.get_by_label("Motif").fill("Inventaire")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("C’est enregistré")).to_be_visible()

        resident.reload()
        _reads(resident, "Personne ne répond en ce moment.")
        expect(resident.get_by_test_id("exceptions")).to_contain_text("fermé (Inventaire)")
        assert violations(resident) == []
        told = _told(url)
        assert (told["is_open"], told["opens"] != "") == (False, True)

        page.get_by_role("link", name="Inventaire").click()
        expect(page.get_by_test_id("change")).to_contain_text("par nadia")
        page.get_by_text("Supprimer", exact=True).click()
        page.get_by_role("button", name="Supprimer définitivement").click()
        expect(page.get_by_text("L’historique garde")).to_be_visible()
        resident.reload()
        _reads(resident, "Un conseiller répond en ce moment.")

        page.get_by_role("button", name="Rétablir").click()
        expect(page.get_by_text("rétabli", exact=False).first).to_be_visible()
        resident.reload()
        _reads(resident, "Personne ne répond en ce moment.")


def _reads(page: Page, words: str) -> None:
    expect(page.get_by_test_id("now")).to_contain_text(words)
