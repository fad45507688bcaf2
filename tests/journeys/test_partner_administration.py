"""A partner joins: SIRET, agreement, offer, till; a captured voucher is disputed and paid back."""

import datetime as dt
import random
import re
import uuid
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from stdnum import luhn

from service_kit.browser import violations
from tests.support.clock import statement_closed_tomorrow
from tests.support.ledger import Ledger
from tests.support.system import System
from tests.support.wallet_caller import WalletCaller

TODAY = dt.datetime.now(ZoneInfo("Europe/Paris")).date()
PRICE_POINTS = 12
CHOSEN = "quatre mots sans rapport"


@pytest.fixture
def caller(system: System) -> Iterator[WalletCaller]:
    opened = WalletCaller(system)
    yield opened
    opened.close()


def test_a_partner_joins_and_a_disputed_voucher_is_paid_back_by_two(
    system: System, ledger: Ledger, browser: Browser, caller: WalletCaller
) -> None:
    # 1. a supervisor takes in the partner; a wrong SIRET is explained at its field
    console = _page(browser, system)
    _sign_in(
        console, "/console/login/", "superviseur", system.environment["DEMO_SUPERVISOR_PASSWORD"]
    )
    console.get_by_role("link", name="Partenaires").click()
    console.get_by_role("link", name="Nouveau partenaire").click()
    siret, name = _siret(), f"Piscine {uuid.uuid4().hex[:8]}"
    console.get_by_label("SIRET").fill(siret[:-1] + str((int(siret[-1]) + 1) % 10))
    console.get_by_label("Nom").fill(name)
    console.get_by_role("button", name="Enregistrer").click()
    expect(console.locator("#id_siret_error")).to_contain_text("un chiffre est faux")
    _no_violation(console)
    console.get_by_label("SIRET").fill(siret)
    console.get_by_role("button", name="Enregistrer").click()
    expect(console.get_by_role("status")).to_contain_text(f"{name} est enregistré")
    partner_page = console.url
    partner_id = uuid.UUID(partner_page.rstrip("/").rsplit("/", 1)[1])

    # 2. an agreement; the next one may not overlap it
    _agreement(console, "2026-CONV-1", TODAY, TODAY + dt.timedelta(days=365))
    expect(console.get_by_role("status")).to_contain_text("La convention est enregistrée")
    expect(console.get_by_text("En vigueur")).to_be_visible()
    _agreement(
        console, "2026-CONV-2", TODAY + dt.timedelta(days=365), TODAY + dt.timedelta(days=700)
    )
    expect(console.locator("#id_starts_on_error")).to_contain_text("chevauchent la convention")

    # 3. an offer: seen as residents will see it, published, changed, with its history
    console.goto(partner_page)
    console.get_by_role("link", name="Créer une offre").click()
    console.get_by_label("Titre").fill("Une entrée au bassin")
    console.get_by_label("Description").fill(
        "Une entrée pour une personne.\nEnfants\u00a0: gratuit."
    )
    console.get_by_label("Mode d’emploi").fill("Présentez le bon à l’accueil.")
    console.get_by_label("Prix en points").fill("10")
    console.get_by_label("Valeur remboursée").fill("3,50")
    console.get_by_label("Premier jour").fill(TODAY.isoformat())
    console.get_by_label("Dernier jour").fill((TODAY + dt.timedelta(days=60)).isoformat())
    console.get_by_role("button", name="Aperçu").click()
    expect(console.get_by_test_id("preview")).to_contain_text("10\u00a0points")
    console.get_by_role("button", name="Publier").click()
    expect(console.get_by_role("status")).to_contain_text("est publiée")
    offer_id = console.url.rstrip("/").rsplit("/", 1)[1]
    console.get_by_role("link", name="Modifier").click()
    console.get_by_label("Prix en points").fill(str(PRICE_POINTS))
    console.get_by_role("button", name="Enregistrer").click()
    history = console.get_by_role("region", name="Historique")
    expect(history).to_contain_text("10\u00a0points → 12\u00a0points")
    expect(history).to_contain_text("par Nadia")
    _no_violation(console)

    # 4. a till: the initial password is shown once and opens only the page that replaces it
    console.goto(partner_page)
    console.get_by_role("link", name="Créer un compte de caisse").click()
    username = f"caisse.{uuid.uuid4().hex[:8]}"
    for label, text in (("Prénom", "Paule"), ("Nom", "Martin"), ("Lieu", "Bassin nord")):
        console.get_by_label(label, exact=True).fill(text)
    console.get_by_label("Identifiant").fill(username)
    console.get_by_role("button", name="Créer le compte").click()
    password = console.get_by_test_id("initial-password").inner_text()
    _no_violation(console)
    phone = _page(browser, system, width=390)
    _sign_in(phone, "/partners/login/", username, password)
    expect(phone.get_by_role("heading", name="Choisissez votre mot de passe")).to_be_visible()
    _no_violation(phone)
    phone.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    phone.get_by_label("Le même, une seconde fois").fill(CHOSEN)
    phone.get_by_role("button", name="Enregistrer").click()
    phone.wait_for_url(re.compile(r"/partners/$"))

    # 5. a resident's voucher is captured there, by mistake
    wallet_id = _wallet_with_points(caller)
    voucher = caller.made(
        "POST",
        "/redemptions",
        {"wallet_id": str(wallet_id), "offer_id": offer_id, "channel": "phone"},
    )
    phone.get_by_label(re.compile("code du bon")).fill(voucher["voucher_code"])
    phone.get_by_role("button", name="Vérifier le code").click()
    phone.get_by_test_id("capture").click()
    expect(phone.get_by_role("heading", name="Validé, remettez")).to_be_visible()

    # 6. the period is not over, and says so where the date stands
    console.goto(f"{partner_page}statements/new/")
    console.get_by_label("Dernier jour").fill((TODAY - dt.timedelta(days=1)).isoformat())
    console.get_by_role("button", name="Voir ce qu’il contiendra").click()
    expect(console.locator("#id_last_day_error")).to_contain_text("Aucun bon validé")

    # 7. the resident calls: one supervisor disputes it and proposes, a second one approves
    console.get_by_role("link", name="Contestations", exact=True).click()
    console.get_by_role("link", name="Contester un bon").click()
    console.get_by_label("Code du bon").fill(voucher["voucher_code"].lower().replace("-", " "))
    console.get_by_label("Motif").select_option(label="Bon validé par erreur")
    console.get_by_role("button", name="Ouvrir la contestation").click()
    console.get_by_role("link", name="Contestations", exact=True).click()
    console.get_by_role("link", name=voucher["voucher_code"]).click()
    expect(console.get_by_text("Paule Martin")).to_be_visible()
    _no_violation(console)
    console.get_by_role("button", name="Proposer le remboursement").click()
    expect(console.get_by_text("C’est votre proposition")).to_be_visible()
    assert ledger.wallet(wallet_id)["available_points"] == 100 - PRICE_POINTS
    (proposal,) = [
        one
        for one in caller.read("/corrections", state="proposed", limit=100)["items"]
        if one["subject"] == voucher["id"]
    ]
    same = {"decision": "approve", "actor": proposal["proposed_by"]}
    status, refusal = caller.write("POST", f"/corrections/{proposal['id']}/decision", same)
    assert (status, refusal["code"]) == (409, "same_person")
    caller.made(
        "POST",
        f"/corrections/{proposal['id']}/decision",
        {"decision": "approve", "actor": str(uuid.uuid4())},
    )
    console.reload()
    expect(console.get_by_text("Les points sont rendus à l’habitant.")).to_be_visible()
    assert ledger.wallet(wallet_id)["available_points"] == 100

    # 8. another voucher is owed: the closed period is a page and a file
    owed = caller.made(
        "POST",
        "/redemptions",
        {"wallet_id": str(wallet_id), "offer_id": offer_id, "channel": "phone"},
    )
    caller.made(
        "POST",
        f"/vouchers/{owed['voucher_code']}/capture",
        {
            "partner_id": str(partner_id),
            "cashier": str(uuid.uuid4()),
            "site": "Bassin nord",
            "own_voucher": False,
        },
    )
    statement_id = statement_closed_tomorrow(system, partner_id)
    console.goto(f"/console/partners/statements/{statement_id}/")
    line = console.get_by_test_id("statement-line")
    expect(line).to_have_count(1)
    expect(line).to_contain_text(owed["voucher_code"])
    expect(line).to_contain_text("3,50\u00a0€")
    _no_violation(console)
    with console.expect_download() as download:
        console.get_by_role("link", name="Télécharger").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert owed["voucher_code"] in rows[1]
    assert rows[-1].endswith(f"{PRICE_POINTS};3,50")

    # 9. the till closes at once, wherever the cashier is signed in
    console.goto(partner_page)
    console.get_by_role("link", name="Paule Martin").click()
    console.get_by_role("button", name="Désactiver").click()
    phone.goto("/partners/")
    expect(phone.get_by_label(re.compile("code du bon"))).to_have_count(0)


def _siret() -> str:
    """A made-up number with the right check digit."""
    siren = f"{random.randrange(10**7, 10**8)}"  # noqa: S311 - no secret
    siren += luhn.calc_check_digit(siren)
    body = f"{siren}{random.randrange(10**4):04}"  # noqa: S311
    return str(body + luhn.calc_check_digit(body))


def _agreement(page: Page, reference: str, first: dt.date, last: dt.date) -> None:
    page.get_by_role("link", name="Ajouter une convention").click()
    page.get_by_label("Référence").fill(reference)
    page.get_by_label("Premier jour").fill(first.isoformat())
    page.get_by_label("Dernier jour").fill(last.isoformat())
    page.get_by_role("button", name="Ajouter la convention").click()


def _wallet_with_points(caller: WalletCaller) -> uuid.UUID:
    wallet_id = uuid.uuid4()
    caller.open_wallet(wallet_id)
    caller.made(
        "POST",
        "/rewards",
        {
            "wallet_id": str(wallet_id),
            "rule": "glass.deposit",
            "evidence": str(uuid.uuid4()),
            "channel": "collector",
            "quantity": 100,
        },
    )
    return wallet_id


def _page(browser: Browser, system: System, *, width: int = 1280) -> Page:
    context = browser.new_context(
        base_url=system.console_url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": width, "height": 844},
    )
    return context.new_page()


def _sign_in(page: Page, path: str, username: str, password: str) -> None:
    page.goto(path)
    page.get_by_label("Identifiant").fill(username)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("button", name="Se connecter")).to_have_count(0)


def _no_violation(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
