"""A citizen's sentence becomes a report, a reward, and a balance on the chain: all in a browser."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from service_kit.browser import violations
from tests.support.ledger import Ledger
from tests.support.system import System

SENTENCE = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
REFERENCE = re.compile(r"\d{3}-\d{3}-\d{3}")
ANSWER_MS = 60_000  # a turn has no such duration; the first after a start loads the model's parts


def test_a_sentence_becomes_a_balance_on_the_chain(
    system: System, ledger: Ledger, browser: Browser, images: Path
) -> None:
    operator = _page(browser, system)
    _sign_in(operator, system)
    expect(operator.get_by_role("heading", level=1)).to_be_visible()

    # 1. the citizen writes, is read back, agrees, and gets a reference
    citizen = _page(browser, system)
    citizen.goto("/")
    _open_chat(citizen)
    _say(citizen, SENTENCE)
    bot = citizen.get_by_test_id("message-bot")
    expect(bot.filter(has_text="C’est bien cela")).to_be_visible(timeout=ANSWER_MS)
    expect(bot.filter(has_text="12 rue Paradis")).to_be_visible()
    _say(citizen, "oui")
    created = bot.filter(has_text=REFERENCE)
    expect(created).to_be_visible(timeout=ANSWER_MS)
    found = REFERENCE.search(created.inner_text())
    assert found is not None
    reference = found[0]
    expect(bot.filter(has_text="Voulez-vous des points")).to_be_visible(timeout=ANSWER_MS)
    _say(citizen, "Oui, j’ai 15 ans ou plus")
    expect(bot.filter(has_text="Vos points arriveront")).to_be_visible(timeout=ANSWER_MS)

    # 2. the operator sees both appear without reloading, opens the report and validates it
    row = operator.get_by_test_id("report-row").filter(has_text=reference)
    expect(row).to_be_visible(timeout=15_000)
    expect(operator.get_by_test_id("desk-row").first).to_be_visible()
    operator.screenshot(path=images / "console-inbox.png", full_page=True)
    row.get_by_role("link").first.click()
    operator.get_by_test_id("validate-report").click()
    citizen_told = citizen.get_by_text(re.compile(rf"{reference} est validé"))
    expect(citizen_told).to_be_visible(timeout=ANSWER_MS)

    # 3. the citizen asks for the balance; the console shows the same, with its proof
    _say(citizen, "quel est mon solde ?")
    expect(bot.filter(has_text=re.compile(r"Vous avez 10\spoints"))).to_be_visible(
        timeout=ANSWER_MS
    )
    citizen.screenshot(path=images / "chat.png")
    expect(operator.get_by_test_id("wallet-available")).to_contain_text("10", timeout=ANSWER_MS)
    transaction = operator.get_by_test_id("wallet-transaction")
    expect(transaction).to_contain_text("0x", timeout=ANSWER_MS)
    operator.screenshot(path=images / "console-report.png", full_page=True)

    # the same balance three ways: chat (above), ledger, chain
    wallet = ledger.wallet(ledger.wallet_of_report(reference))
    proof = wallet["last_settlement"]
    assert wallet["available_points"] == wallet["settled_points"] == 10
    assert ledger.balance_on_chain(wallet["address"], proof["contract_address"]) == 10
    assert proof["transaction_hash"] in (transaction.get_attribute("title") or "") + (
        transaction.inner_text()
    )


def test_no_page_of_the_path_has_an_accessibility_violation(
    system: System, browser: Browser
) -> None:
    page = _page(browser, system)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/")
    _open_chat(page)
    _no_violation(page)
    page.goto("/console/login/")
    _no_violation(page)
    _sign_in(page, system)
    _no_violation(page)
    page.get_by_test_id("report-row").first.get_by_role("link").first.click()
    expect(page.get_by_test_id("wallet-available")).to_be_visible()
    _no_violation(page)


def _page(browser: Browser, system: System) -> Page:
    context = browser.new_context(
        base_url=system.console_url, locale="fr-FR", timezone_id="Europe/Paris"
    )
    return context.new_page()


def _open_chat(page: Page) -> None:
    field = page.get_by_test_id("chat-input")
    if not field.is_visible():
        page.get_by_role("button", name=re.compile("assistant", re.IGNORECASE)).first.click()
    expect(field).to_be_visible()


def _say(page: Page, text: str) -> None:
    page.get_by_test_id("chat-input").fill(text)
    page.get_by_test_id("chat-send").click()
    expect(page.get_by_test_id("message-citizen").filter(has_text=text)).to_be_visible()


def _sign_in(page: Page, system: System) -> None:
    page.goto("/console/login/")
    page.get_by_label("Identifiant").fill("operateur")
    page.get_by_label("Mot de passe").fill(system.environment["DEMO_OPERATOR_PASSWORD"])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/console/")


def _no_violation(page: Page) -> None:
    assert violations(page) == []
    # Nothing may need sideways scrolling on a phone.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
