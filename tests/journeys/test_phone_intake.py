"""A call at the desk with the real assistant: from what the caller says to settled points."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from channels_config.sms.tests.twilio_double import TwilioDouble
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.providers import Phone, twilio_served
from tests.support.system import System, eventually

REFERENCE = re.compile(r"\d{3}-\d{3}-\d{3}")


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


@pytest.fixture
def desk(system: System, browser: Browser) -> Iterator[Page]:
    """The operator's browser, signed in."""
    context = browser.new_context(base_url=system.console_url, locale="fr-FR")
    page = context.new_page()
    page.goto("/console/login/")
    page.get_by_label("Identifiant").fill("operateur")
    page.get_by_label("Mot de passe").fill(system.environment["DEMO_OPERATOR_PASSWORD"])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/console/")
    yield page
    context.close()


def test_what_a_caller_says_becomes_settled_points(
    system: System, ledger: Ledger, operator: Operator, desk: Page, twilio: TwilioDouble
) -> None:
    phone = Phone(system, twilio)
    number = random.randint(200, 999)  # noqa: S311 - a place of its own, whatever ran before
    street = f"{number} rue des Cerisiers"
    desk.goto("/console/appel/")
    expect(desk.get_by_label("Numéro de l’appelant")).to_be_focused()
    desk.keyboard.insert_text(phone.number)
    desk.keyboard.press("Enter")
    line = desk.get_by_label("Ce que dit l’appelant")
    line.press_sequentially(f"Il y a un gros nid-de-poule au {street} à Aix-en-Provence")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Catégorie")).to_have_value("pothole")
    expect(desk.get_by_label("Adresse")).to_have_value(street)
    expect(desk.get_by_label("Commune")).to_have_value("Aix-en-Provence")
    expect(desk.get_by_role("group", name="Questions à poser")).to_be_visible()
    expect(desk.get_by_text("Aucun signalement proche pour l’instant.")).to_be_visible()
    desk.keyboard.press("Alt+s")
    desk.keyboard.press("Alt+o")
    desk.keyboard.press("Control+Enter")
    shown = desk.get_by_test_id("reference")
    expect(shown).to_have_text(REFERENCE)
    reference = shown.inner_text()
    confirmed = phone.await_text(lambda text: reference in text)
    assert "/signalements/" in confirmed
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Prêt pour le suivant")).to_be_visible()

    operator.validate(reference)
    wallet_id = ledger.wallet_of_report(reference)
    eventually(
        lambda: ledger.wallet(wallet_id),
        lambda wallet: wallet.get("settled_points") == 10,
        what="settlement on the chain",
    )
    assert ledger.console(
        "SELECT channel FROM reports_report WHERE reference = %s", reference.replace("-", "")
    ) == [("phone",)]
