"""Points become a bath: earned, redeemed on the phone, captured by camera, reimbursed, burnt."""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service_kit.browser import another_with, camera_showing, film_of_qr, violations
from service_kit.voucher_code import parse
from tests.support.chat import ChatClient
from tests.support.clock import statement_closed_tomorrow
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.system import System, eventually

# what `seed_partners` offers, and where its cashier stands
OFFER_TITLE = "Une entrée à la piscine"
PRICE_POINTS = 10
SITE = "Accueil de la piscine"
REFERENCE = re.compile(r"\d{3}-\d{3}-\d{3}")
SENTENCE = "Bonjour, il y a un nid-de-poule devant le 14 rue de la Palud à Marseille"
ANSWER_MS = 60_000


@pytest.fixture
def till(system: System, browser: Browser, tmp_path: Path) -> Iterator["Till"]:
    opened = Till(system, browser, tmp_path)
    yield opened
    opened.close()


def test_points_become_a_service_and_the_books_agree(
    system: System,
    ledger: Ledger,
    browser: Browser,
    citizen: ChatClient,
    operator: Operator,
    till: "Till",
    images: Path,
) -> None:
    # 1. a citizen earns ten points
    reference = _report(citizen)
    operator.validate(reference)
    wallet_id = ledger.wallet_of_report(reference)
    wallet = eventually(
        lambda: ledger.wallet(wallet_id),
        lambda found: found["available_points"] == found["settled_points"] == PRICE_POINTS,
        what="points on the chain",
    )
    contract = wallet["last_settlement"]["contract_address"]
    partner_id, partner_address = _partner(ledger)
    earned_before = ledger.balance_on_chain(partner_address, contract)

    # 2. they call; the operator redeems for them and reads the code aloud
    console = _page(browser, system)
    _sign_in(console, system, "/console/login/", "operateur", "DEMO_OPERATOR_PASSWORD")
    console.goto(f"/console/reports/{reference.replace('-', '')}/")
    console.get_by_role("link", name="Échanger des points, voir les bons").click()
    expect(console.get_by_test_id("available")).to_have_attribute("data-points", "10")
    offered = console.get_by_test_id("offer").filter(has_text=OFFER_TITLE)
    offered.get_by_role("link", name=re.compile("Échanger")).click()
    console.get_by_test_id("confirm").click()
    code = parse(console.get_by_test_id("voucher-code").inner_text())
    console.screenshot(path=images / "console-voucher.png", full_page=True)
    held = ledger.wallet(wallet_id)
    assert (held["available_points"], held["held_points"]) == (0, 10)
    console.go_back()  # the confirmation again: pressing it again is the same act
    if console.get_by_test_id("confirm").is_visible():
        console.get_by_test_id("confirm").click()
        assert parse(console.get_by_test_id("voucher-code").inner_text()) == code

    # 3. the voucher's own page, as the citizen opens it
    citizens_page = _page(browser, system)
    citizens_page.set_viewport_size({"width": 390, "height": 844})
    citizens_page.goto(f"/bons/{_redemption(ledger, code)}/")
    assert parse(citizens_page.get_by_test_id("voucher-code").inner_text()) == code
    assert violations(citizens_page) == []
    citizens_page.screenshot(path=images / "voucher.png", full_page=True)

    # 4. at the pool the cashier's phone reads the QR code and captures it once
    phone = till.facing(f"{system.environment['PUBLIC_BASE_URL']}/partners/v/{code}")
    phone.goto("/partners/")
    _sign_in(phone, system, "/partners/login/", "partenaire", "DEMO_PARTNER_PASSWORD")
    phone.get_by_role("button", name="Scanner le QR code").click()
    expect(phone.get_by_test_id("verdict")).to_have_attribute(
        "data-verdict", "usable", timeout=ANSWER_MS
    )
    expect(phone.get_by_text("ticket d’entrée adulte")).to_be_visible()
    assert violations(phone) == []
    phone.screenshot(path=images / "till-voucher.png")
    phone.get_by_test_id("capture").click()
    expect(phone.get_by_role("heading", name="Validé, remettez")).to_be_visible()
    phone.screenshot(path=images / "till-done.png")

    # 5. a second scan is refused, with when and where
    phone.get_by_role("link", name="Lire un autre bon").click()
    phone.get_by_label("Ou tapez le code du bon").fill(code.lower())
    phone.get_by_role("button", name="Vérifier le code").click()
    verdict = phone.get_by_test_id("verdict")
    expect(verdict).to_have_attribute("data-verdict", "used")
    expect(verdict).to_contain_text(SITE)
    expect(verdict).to_contain_text(re.compile(r"\d{1,2} \w+ \d{4} à \d{2}:\d{2}"))
    expect(phone.get_by_test_id("capture")).to_have_count(0)
    citizens_page.reload()
    expect(citizens_page.get_by_test_id("state")).to_contain_text("Bon utilisé le")
    phone.get_by_role("link", name="Journée").click()
    expect(phone.get_by_test_id("day-line").filter(has_text=_shown(code))).to_be_visible()

    # 6. the points moved on the chain too, from the citizen to the partner
    eventually(
        lambda: (
            ledger.balance_on_chain(wallet["address"], contract),
            ledger.balance_on_chain(partner_address, contract),
        ),
        lambda seen: seen == (0, earned_before + PRICE_POINTS),
        what="the capture on the chain",
    )

    # 7. the period closes: the partner is owed its euros, and its points are burnt
    statement_id = statement_closed_tomorrow(system, partner_id)
    eventually(
        lambda: ledger.balance_on_chain(partner_address, contract),
        lambda points: points == 0,
        what="the partner's points burnt",
    )
    phone.goto(f"/partners/statements/{statement_id}/")
    expect(phone.get_by_text(_shown(code))).to_be_visible()
    with phone.expect_download() as download:
        phone.get_by_role("link", name=re.compile("Télécharger")).click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert _shown(code) in [row[2] for row in rows]
    assert rows[-1][0] == "Total"

    # 8. ledger and chain agree to the point
    after = ledger.wallet(wallet_id)
    assert (after["available_points"], after["held_points"], after["settled_points"]) == (0, 0, 0)
    (sums,) = ledger.ledger("SELECT coalesce(sum(points), 0) FROM ledger_posting")
    assert sums[0] == 0


def test_every_screen_of_the_way_is_accessible_on_a_phone(system: System, till: "Till") -> None:
    phone = till.facing("rien")
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto("/partners/")
    _no_violation(phone)
    _sign_in(phone, system, "/partners/login/", "partenaire", "DEMO_PARTNER_PASSWORD")
    for path in ("/partners/", "/partners/day/", "/partners/statements/", "/offres/"):
        phone.goto(path)
        _no_violation(phone)
    expect(phone.get_by_test_id("offer").first).to_be_visible()


class Till:
    """A phone whose camera looks at a QR code."""

    def __init__(self, system: System, browser: Browser, folder: Path) -> None:
        self._system, self._browser, self._folder = system, browser, folder
        self._opened: list[Browser] = []

    def facing(self, text: str) -> Page:
        film = film_of_qr(text, self._folder / f"{uuid.uuid4()}.y4m")
        opened = another_with(self._browser, *camera_showing(film))
        self._opened.append(opened)
        context = opened.new_context(
            base_url=self._system.console_url,
            viewport={"width": 390, "height": 844},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            has_touch=True,
            is_mobile=True,
        )
        return context.new_page()

    def close(self) -> None:
        for opened in self._opened:
            opened.close()


def _report(citizen: ChatClient) -> str:
    citizen.say(SENTENCE)
    citizen.await_message(lambda said: said["author"] == "bot" and "bien cela" in said["text"])
    citizen.say("oui")
    told = citizen.await_message(
        lambda said: said["author"] == "bot" and bool(REFERENCE.search(said["text"]))
    )
    found = REFERENCE.search(told["text"])
    assert found is not None
    citizen.await_message(lambda said: "Voulez-vous des points" in said["text"])
    citizen.say("oui")
    citizen.await_message(lambda said: "Vos points arriveront" in said["text"])
    return found[0]


def _partner(ledger: Ledger) -> tuple[uuid.UUID, str]:
    """The demo partner and its address on the chain."""
    rows = ledger.console(
        "SELECT c.partner_id FROM partners_cashier c JOIN auth_user u ON u.id = c.user_id"
        " WHERE u.username = 'partenaire'"
    )
    partner_id = rows[0][0]
    address = ledger.ledger("SELECT address FROM ledger_wallet WHERE id = %s", partner_id)
    return partner_id, address[0][0]


def _redemption(ledger: Ledger, code: str) -> uuid.UUID:
    rows = ledger.ledger("SELECT id FROM offers_redemption WHERE code = %s", code)
    redemption_id: uuid.UUID = rows[0][0]
    return redemption_id


def _shown(code: str) -> str:
    return "-".join((code[:3], code[3:6], code[6:]))


def _page(browser: Browser, system: System) -> Page:
    context = browser.new_context(
        base_url=system.console_url, locale="fr-FR", timezone_id="Europe/Paris"
    )
    return context.new_page()


def _sign_in(page: Page, system: System, path: str, user: str, password: str) -> None:
    page.goto(path)
    page.get_by_label("Identifiant").fill(user)
    page.get_by_label("Mot de passe").fill(system.environment[password])
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile(r"/(console|partners)/$"))


def _no_violation(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
