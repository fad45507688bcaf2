"""Mes données in Chromium: accessibility rules, a narrow window, both schemes, the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.citizens.tests.conftest import Phones
from agent_console.identity.models import PortalSession
from agent_console.identity.sessions import COOKIE, PATH
from agent_console.identity.tests.conftest import Browser
from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.tests.conftest import aix, book, make_slot, pickups
from agent_console.rights.links import copy_url
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .conftest import WalletDouble
from .test_my_data import CORRECT, MINE, NUMBER, person, talk

__all__ = ["aix", "book", "make_slot", "person", "pickups", "talk"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_jobs", "pickups"),
]
ERASE = f"{MINE}effacer/"


@pytest.fixture
def browser(person: Resident, phones: Phones, wallet: WalletDouble) -> Browser:
    """Signed in, with a report and points."""
    client = Browser()
    client.sign_in(NUMBER, phones)
    return client


def _rendered(response: Any) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def colleague(make_user: Callable[..., User]) -> Client:
    """Somebody who sees a person's data, corrects and erases with them."""
    client = Client()
    codes = ("rights.see_personal_data", "rights.erase_resident", "citizens.record_consent")
    client.force_login(make_user("camille", *codes))
    return client


def _pages(
    browser: Browser, colleague: Client, person: Resident, wallet: WalletDouble
) -> dict[str, RenderedPage]:
    """Every page of ``rights.urls`` in each of its states, and the colleague's page of the same
    data; the last one leaves nobody."""
    copy = copy_url(resident_id=person.pk).removeprefix(ORIGIN)
    pages = {
        "/mine/": _rendered(browser.get(MINE)),
        "/refused/": _rendered(browser.post(CORRECT, {"what": "language", "language": "xx"})),
        "/erase/": _rendered(browser.get(ERASE)),
        "/not-read/": _rendered(browser.post(ERASE, {"confirm": "x"})),
        "/changed/": _rendered(browser.post(ERASE, {"confirm": "x", "understood": "1"})),
        "/durations/": _rendered(Client().get("/mon-espace/durees/")),
        "/copy/": _rendered(Client().get(copy)),
        "/copy-over/": _rendered(Client().get(f"{PATH}copie/x/")),
        "/colleague/": _rendered(colleague.get(f"/console/residents/{person.pk}/my-data/")),
    }
    wallet.is_away = True
    pages["/away/"] = _rendered(browser.get(MINE))
    pages["/erase-away/"] = _rendered(browser.get(ERASE))
    wallet.is_away = False
    confirm = pages["/erase/"].html.split('name="confirm" value="')[1].split('"')[0]
    PortalSession.objects.update(proved_at=timezone.now() - timedelta(minutes=11))
    pages["/old-code/"] = _rendered(browser.get(ERASE))
    PortalSession.objects.update(proved_at=timezone.now())
    pages["/erased/"] = _rendered(browser.post(ERASE, {"confirm": confirm, "understood": "1"}))
    return pages


def test_my_data_breaks_no_rule_and_fits_a_phone(
    browser: Browser,
    colleague: Client,
    person: Resident,
    wallet: WalletDouble,
    book: Callable[..., Booking],
    make_slot: Callable[..., Slot],
) -> None:
    book(make_slot(), resident=person, contact="Mme Durand")
    pages = _pages(browser, colleague, person, wallet)
    for path, words in {
        "/mine/": "Contact pour le rendez-vous",
        "/colleague/": "Corriger avec elle",
        "/refused/": "Choisissez une langue",
        "/not-read/": "Cochez la case",
        "/changed/": "a changé",
        "/copy/": "12 rue Paradis",
        "/copy-over/": "Cette adresse est fermée",
        "/away/": "momentanément indisponible",
        "/old-code/": "Me reconnecter",
        "/erased/": "C’est effacé",
    }.items():
        assert words in pages[path].html, path
    found: dict[str, list[str]] = {}
    with headless() as chromium:
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                width = page.evaluate("document.documentElement.scrollWidth")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark") + (
                    [] if width == 320 else [str(width)]
                )
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) == 2 * len(pages)


def test_the_keyboard_alone_corrects_and_erases(
    browser: Browser, live_server: Any, mobile: ContactPoint
) -> None:
    """Tab, Space and Enter only; each press is on what has the focus, and the focus is seen."""
    cookie = browser.cookies[COOKIE].value
    with headless() as chromium:
        context = chromium.new_context(viewport={"width": 320, "height": 640})
        context.add_cookies(
            [{"name": COOKIE, "value": cookie, "domain": "localhost", "path": PATH}]
        )
        page = context.new_page()
        page.goto(f"{live_server.url}{MINE}")
        _tab_to(page, "Langue des messages")
        page.keyboard.press("ArrowDown")
        _tab_to(page, "Changer la langue")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Langue des messages")).to_have_value("en")

        _tab_to(page, "Effacer mes données")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{ERASE}")
        _tab_to(page, "J’ai lu ce qui sera perdu")
        page.keyboard.press("Space")
        _tab_to(page, "Effacer définitivement")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("erased")).to_contain_text("C’est effacé")
        left = {one["name"] for one in context.cookies(f"{live_server.url}{PATH}")}
        assert COOKIE not in left
    mobile.refresh_from_db()
    assert (mobile.locale, mobile.resident) == ("en", None)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called ``name`` has the focus, and its outline is there."""
    wanted = page.get_by_label(name).or_(page.get_by_role("button", name=name))
    wanted = wanted.or_(page.get_by_role("link", name=name))
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab never came to {name}")
