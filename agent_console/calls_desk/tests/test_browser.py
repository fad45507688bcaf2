"""A call in Chromium: twelve keys at most, by keyboard alone, nothing lost, no rule broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django import Settings

from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.services import contact_at, resident_of_contact
from agent_console.reports.models import Report
from agent_console.wallet import http
from agent_console.wallet.tests.fake_wallet import WALLET, FakeWallet
from service_kit.browser import headless, violations

from .calling import URL
from .conftest import E164, SAID, Assistant

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_jobs", "metropolis", "sms_on"),
]
REFERENCE = re.compile(r"\d{3}-\d{3}-\d{3}")
KEYS_MAX = 12
CALL_ADDRESS = re.compile(r"/console/appel/[0-9a-f-]{36}/$")


@pytest.fixture
def context(live_server: Any, desk: Client) -> Iterator[BrowserContext]:
    """A browser where the agent is signed in."""
    cookie = desk.cookies["sessionid"]
    with headless() as browser:
        opened = browser.new_context(
            base_url=live_server.url, locale="fr-FR", viewport={"width": 1280, "height": 900}
        )
        opened.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        yield opened


@pytest.fixture
def caller_with_points(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings, report: Report
) -> Iterator[None]:
    """A caller whom the wallet knows, a report near them, and a tile server."""
    settings.MAP_TILES_URL = "https://tiles.example/{z}/{x}/{y}.png"
    settings.MAP_TILES_ATTRIBUTION = "Plan"
    Report.objects.filter(pk=report.pk).update(latitude=43.2905, longitude=5.3789)
    contact = contact_at(kind=ChannelCode.PHONE, address=E164)
    resident = resident_of_contact(contact_point_id=contact.pk)
    Resident.objects.filter(pk=resident.pk).update(wallet_id=WALLET)
    with FakeWallet().client() as wallet:
        monkeypatch.setattr(http, "client", lambda: wallet)
        yield


@pytest.fixture
def shared_number(db: None) -> None:
    """Two people call from the number."""
    contact = contact_at(kind=ChannelCode.PHONE, address=E164)
    resident_of_contact(contact_point_id=contact.pk)
    contact_share(contact_point_id=contact.pk)


class Keys:
    """Every key that is pressed, counted; what is said into the line is not."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed: list[str] = []

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self._page.keyboard.press(key)

    def paste(self, text: str) -> None:
        self.pressed.append("Control+V")
        self._page.keyboard.insert_text(text)


def _obeys_everywhere(page: Page, *, also_light: bool = False) -> None:
    """No accessibility rule broken and nothing wider than the window: at 200 % and at 320 px."""
    for width in (1280, 640, 320):  # 640: what 1280 is at 200 %
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    if also_light:
        assert violations(page) == []


def test_a_pothole_at_a_known_address_takes_twelve_keys_at_most(
    context: BrowserContext, assistant: Assistant
) -> None:
    page = context.new_page()
    page.goto(URL)
    _obeys_everywhere(page)
    keys = Keys(page)
    expect(page.get_by_label("Numéro de l’appelant")).to_be_focused()
    keys.paste(E164)
    keys.press("Enter")
    page.wait_for_url(CALL_ADDRESS)
    expect(page.get_by_label("Ce que dit l’appelant")).to_be_focused()
    page.keyboard.type(SAID)
    keys.press("Tab")  # at once: what is proposed is taken when it comes
    expect(page.get_by_label("Catégorie")).to_have_value("pothole")
    expect(page.get_by_label("Adresse")).to_have_value("12 rue Paradis")
    expect(page.get_by_label("Commune")).to_have_value("Marseille")
    expect(page.get_by_role("group", name="Questions à poser")).to_be_visible()
    expect(page.locator("#questions")).to_be_focused()
    expect(page.get_by_text("Aucun signalement proche pour l’instant.")).to_be_visible()
    expect(page.get_by_label("Objets à enlever")).to_be_hidden()
    keys.press("Alt+s")
    expect(page.get_by_label("Accepte la confirmation par SMS")).to_be_checked()
    keys.press("Alt+o")
    expect(page.get_by_label("Oui, et a 15 ans ou plus")).to_be_checked()
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    _obeys_everywhere(page, also_light=True)
    images = Path("build/images")
    images.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=images / "console-call.png", full_page=True)
    keys.press("Control+Enter")
    expect(page.get_by_test_id("reference")).to_have_text(REFERENCE)
    assert len(keys.pressed) <= KEYS_MAX, keys.pressed
    assert len(keys.pressed) == 6
    _obeys_everywhere(page)
    expect(page.get_by_test_id("sms")).to_have_text("Confirmation envoyée")
    expect(page.get_by_label("Motif de l’appel")).to_have_value("report")
    page.keyboard.press("Alt+t")
    expect(page.get_by_test_id("wrap")).to_have_text(re.compile(r"\d+ min \d\d s"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Prêt pour le suivant")).to_be_visible()


def test_nothing_is_lost_without_a_network_or_by_a_crash(
    context: BrowserContext, assistant: Assistant
) -> None:
    assistant.answer = 503
    page = context.new_page()
    page.goto(URL)
    page.get_by_role("button", name="Numéro masqué").press("Enter")
    line = page.get_by_label("Ce que dit l’appelant")
    line.press_sequentially("Un arbre")
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    expect(page.get_by_text("L’assistant ne répond pas")).to_be_visible()

    context.set_offline(True)
    line.press_sequentially(" est tombé")
    expect(page.get_by_text("Connexion perdue")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    page.reload()
    expect(line).to_have_value("Un arbre est tombé")

    context.route("**/enregistrer/", lambda route: route.abort())
    line.press_sequentially(" hier")
    page.reload()  # as after a crash: the server has not heard of the last words
    context.unroute("**/enregistrer/")
    expect(line).to_have_value("Un arbre est tombé hier")
    page.goto(URL)
    expect(page.get_by_test_id("draft")).to_contain_text("Un arbre est tombé hier")

    page.get_by_role("link", name="Un arbre est tombé hier").press("Enter")
    page.wait_for_url(CALL_ADDRESS)
    page.get_by_role("button", name="Raccourcis clavier").press("Enter")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()


def test_what_is_typed_before_the_scripts_came_is_saved(
    context: BrowserContext, assistant: Assistant
) -> None:
    page = context.new_page()
    page.goto(URL)
    held: list[Route] = []
    context.route("**/calls_desk/drafts.js", lambda route: held.append(route))
    with page.expect_request("**/calls_desk/drafts.js"):
        page.get_by_role("button", name="Numéro masqué").press("Enter")
    page.get_by_label("Ce que dit l’appelant").press_sequentially("Un arbre")
    (script,) = held
    script.continue_()
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()


def test_who_calls_is_chosen_by_keyboard_and_nothing_typed_is_lost(
    shared_number: None, context: BrowserContext, assistant: Assistant
) -> None:
    page = context.new_page()
    page.goto(URL)
    page.keyboard.insert_text(E164)
    page.keyboard.press("Enter")
    page.wait_for_url(CALL_ADDRESS)
    _obeys_everywhere(page, also_light=True)
    page.get_by_label("Ce que dit l’appelant").press_sequentially("Un arbre est tombé")
    page.get_by_role("button", name="Quelqu’un d’autre").press("Enter")
    expect(page.get_by_text("Quelqu’un d’autre est au téléphone")).to_be_visible()
    expect(page.get_by_label("Ce que dit l’appelant")).to_have_value("Un arbre est tombé")
    page.get_by_role("button", name="C’est cette personne").first.press("Enter")
    expect(page.get_by_text("Au téléphone", exact=True)).to_be_visible()
    expect(page.get_by_label("Ce que dit l’appelant")).to_have_value("Un arbre est tombé")
    _obeys_everywhere(page)


def test_points_and_near_reports_open_beside_the_form(
    caller_with_points: None, context: BrowserContext, assistant: Assistant
) -> None:
    page = context.new_page()
    tiles: list[str] = []

    def no_tile(route: Route) -> None:
        tiles.append(route.request.url)
        route.abort()

    page.route("https://tiles.example/**", no_tile)
    page.goto(URL)
    page.keyboard.insert_text(E164)
    page.keyboard.press("Enter")
    page.wait_for_url(CALL_ADDRESS)
    address = page.url
    page.keyboard.type(SAID)
    page.keyboard.press("Tab")
    near = page.get_by_role("region", name="Déjà signalé")
    expect(near.get_by_text("même rue").or_(near.get_by_text("au même endroit"))).to_be_visible()
    expect(near.get_by_role("region", name="Carte")).to_be_visible()
    expect(near.locator(".pin")).to_have_text("1")
    expect(page.get_by_text("Disponibles")).to_have_count(0)
    page.keyboard.press("Alt+p")
    panel = page.locator("#volet")
    expect(panel.get_by_test_id("available")).to_be_visible()
    panel.get_by_role("link", name="Échanger").first.press("Enter")
    panel.get_by_test_id("confirm").press("Enter")
    expect(panel.get_by_test_id("voucher-code")).to_be_visible()
    assert page.url == address
    expect(page.get_by_label("Ce que dit l’appelant")).to_have_value(SAID)
    assert violations(page) == []
    assert tiles
