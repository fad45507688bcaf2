"""The wallboard follows the telephone: who waits appears and goes, and nobody reloads the page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from channels_config.sms.tests.twilio_double import TwilioDouble
from tests.support.providers import twilio_served
from tests.support.staff_page import staff_page
from tests.support.system import System
from tests.support.voice import telephone

# The page asks by itself every ten seconds where it hears of nothing.
_SEEN_WITHIN_MS = 20_000


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


def test_a_caller_who_waits_is_on_the_wall_until_the_call_ends(
    system: System, browser: Browser, twilio: TwilioDouble
) -> None:
    page = staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD")
    page.goto("/console/mur/")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    before = int(_waiting(page).inner_text())  # others may wait: no journey tidies up

    phone = telephone(system, twilio)
    phone.dial()
    phone.press("0")
    assert phone.is_waiting
    expect(_waiting(page)).to_have_text(str(before + 1), timeout=_SEEN_WITHIN_MS)

    phone.hang_up()
    expect(_waiting(page)).to_have_text(str(before), timeout=_SEEN_WITHIN_MS)
    assert loads == []


def _waiting(page: Page) -> Locator:
    entry = page.locator(".wall-numbers > div").filter(has_text=re.compile("^En attente"))
    return entry.locator("dd")
