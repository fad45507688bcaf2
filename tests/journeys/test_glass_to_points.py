"""Glass becomes points: the guide's example is sent, an operator links the card, a proof is read.

The collector's part is the very text of ``docs/collectors.md``, so the guide can't go stale.
"""

import re
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from service_kit.browser import violations
from tests.support.chat import ChatClient
from tests.support.ledger import Ledger
from tests.support.system import System, eventually

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "collectors.md"
ITEMS = 7  # of the example
_NOW = datetime.now(UTC).isoformat(timespec="seconds")


def test_glass_becomes_points_once_somebody_knows_whose_card_it_is(
    system: System, ledger: Ledger, browser: Browser, citizen: ChatClient, images: Path
) -> None:
    # 1. a collector sends a deposit, twice: nobody knows the card yet
    card = f"4970{secrets.randbelow(10**8):08}"
    example = _example(card=card, deposit=f"journey-{secrets.token_hex(8)}")
    assert '"accepted": 1' in _run(example, system)
    assert '"accepted": 0' in _run(example, system)
    assert _deposits(ledger, card) == [("waiting_card", 0)]

    # 2. somebody writes to us, and an operator links the card from their conversation
    citizen.say("Bonjour, j’ai une carte de tri")
    citizen.await_accepted()
    console = browser.new_context(base_url=system.console_url, locale="fr-FR").new_page()
    _sign_in(console, system)
    console.goto("/console/cards/")
    waiting = console.get_by_test_id("waiting-card").filter(has_text=f"…{card[-4:]}")
    expect(waiting).to_have_count(1)
    assert card not in console.content()
    console.goto(f"/console/conversations/{_newest_conversation(ledger)}/")
    console.get_by_role("link", name="Rattacher une carte de tri").click()
    console.get_by_label("Numéro de la carte").fill(f"{card[:4]} {card[4:8]} {card[8:]}")
    console.screenshot(path=images / "console-cards.png", full_page=True)
    assert violations(console) == []
    console.get_by_label("Cette personne veut des points").check()
    console.get_by_test_id("link-card").click()
    expect(console.get_by_text("est rattachée. Ses dépôts")).to_be_visible()

    # 3. what waited becomes points, once, and the chain proves them
    eventually(
        lambda: _deposits(ledger, card),
        lambda found: found == [("rewarded", ITEMS)],
        what="the deposit's points",
        timeout_s=150,
    )
    panel = console.get_by_test_id("wallet-settled")
    console.reload()
    expect(panel).to_have_attribute("data-points", str(ITEMS), timeout=60_000)
    transaction = console.get_by_test_id("wallet-transaction").inner_text()
    console.get_by_role("link", name="Page publique de cette preuve").click()
    expect(console.get_by_test_id("proof-transaction")).to_have_text(transaction)
    assert violations(console) == []

    # 4. a supervisor sees points in circulation and books that agree
    supervisor = browser.new_context(base_url=system.console_url, locale="fr-FR").new_page()
    _sign_in(supervisor, system, user="superviseur", password="DEMO_SUPERVISOR_PASSWORD")
    supervisor.get_by_role("link", name="Points", exact=True).click()
    expect(supervisor.get_by_test_id("limit-level")).to_have_attribute("data-level", "ok")
    expect(supervisor.get_by_test_id("issuing-stopped")).to_have_count(0)
    supervisor.screenshot(path=images / "console-nudges.png", full_page=True)
    assert violations(supervisor) == []


def _example(*, card: str, deposit: str) -> str:
    """The guide's Python example with a card and a deposit of our own, and a moment that stays."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    text = found[1].replace("4970 1012 3456", card).replace("2026-000123", deposit)
    return re.sub(r"time\.strftime\(.*?time\.gmtime\(\)\)", f"{_NOW!r}", text)


def _run(program: str, system: System) -> str:
    names = system.environment
    environment = {
        "GLASS_SECRET": names["GLASS_COLLECTOR_SECRETS"].removeprefix("demo:"),
        "GLASS_URL": f"{system.console_url}/collectors/glass",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def _deposits(ledger: Ledger, card: str) -> list[tuple[str, int]]:
    """State and points of the deposits made with a card that ends like this one."""
    rows = ledger.console(
        "SELECT d.state, d.points FROM collectors_deposit d JOIN collectors_card c"
        " ON c.id = d.card_id WHERE c.last4 = %s ORDER BY c.created_at DESC LIMIT 1",
        card[-4:],
    )
    return [(str(state), int(points)) for state, points in rows]


def _newest_conversation(ledger: Ledger) -> str:
    ((found,),) = ledger.console(
        "SELECT id FROM conversations_conversation ORDER BY created_at DESC LIMIT 1"
    )
    return str(found)


def _sign_in(
    page: Page,
    system: System,
    *,
    user: str = "operateur",
    password: str = "DEMO_OPERATOR_PASSWORD",
) -> None:
    page.goto("/console/login/")
    page.get_by_label("Identifiant").fill(user)
    page.get_by_label("Mot de passe").fill(system.environment[password])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile(r"/console/$"))
