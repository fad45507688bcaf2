"""The catalogue and the voucher's page, as anybody sees them."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.test import Client, override_settings

from agent_console.redemptions.qr import voucher_address, voucher_qr
from agent_console.redemptions.spelling import spelled
from agent_console.redemptions.texts import REASONS
from agent_console.wallet.tests.fake_wallet import NOW, FakeWallet
from agent_console.wallet.tests.test_shapes import CONTRACT
from service_kit import voucher_code
from service_kit.voucher_code import shown

pytestmark = pytest.mark.django_db


def address(wallet: FakeWallet, code: str) -> str:
    return f"/bons/{wallet.vouchers[code]['id']}/"


@pytest.fixture
def offers_by_place(metropolis: None, wallet: FakeWallet) -> None:
    wallet.offers[0]["communes"] = ["13005", "13022"]  # Aubagne, Cassis


def test_the_catalogue_says_what_where_and_for_how_much(
    client: Client, wallet: FakeWallet, offers_by_place: None
) -> None:
    page = client.get("/offres/").text
    assert page.count('data-testid="offer"') == 2
    assert "30\u00a0points" in page
    assert "Aubagne, Cassis" in page
    assert "Toute la métropole" in page
    # the partner's plain text, set as a printer would; the last day is inclusive
    assert "Un bain quand il fait chaud\u00a0: c’est bien mérité\u202f!" in page
    assert "31 décembre 2026" in page


def test_the_catalogue_of_a_commune(
    client: Client, wallet: FakeWallet, offers_by_place: None
) -> None:
    assert client.get("/offres/?commune=13005").text.count('data-testid="offer"') == 2
    elsewhere = client.get("/offres/?commune=13055").text
    assert elsewhere.count('data-testid="offer"') == 1
    wallet.offers.pop()
    empty = client.get("/offres/?commune=13001").text
    assert "Aucune offre à Aix-en-Provence" in empty
    assert "Voir toutes les communes" in empty


def test_an_offer_that_ran_out_is_shown_and_said(
    client: Client, metropolis: None, wallet: FakeWallet
) -> None:
    wallet.offers[0]["left"] = 0
    wallet.offers[1]["left"] = 3
    page = client.get("/offres/").text
    assert page.count("Épuisée") == 1
    assert "plus que 3" in page


def test_no_offer_at_all_is_an_ordinary_answer(
    client: Client, metropolis: None, wallet: FakeWallet
) -> None:
    wallet.offers.clear()
    assert "Aucune offre pour l’instant" in client.get("/offres/").text


@pytest.mark.parametrize("asked", ["99999", "' OR 1=1", "\u0000"])
def test_what_is_no_commune_is_said_and_shows_all(
    client: Client, metropolis: None, wallet: FakeWallet, asked: str
) -> None:
    page = client.get("/offres/", {"commune": asked})
    assert page.status_code == 200
    assert page.text.count('data-testid="offer"') == 2


def test_everybody_reading_the_catalogue_is_one_question_to_the_wallet(
    client: Client, metropolis: None, wallet: FakeWallet
) -> None:
    for _ in range(5):
        client.get("/offres/")
    assert len(wallet.calls) == 1


def test_a_wallet_that_is_away_is_said_in_words(
    client: Client, metropolis: None, wallet: FakeWallet
) -> None:
    wallet.away = True
    assert client.get("/offres/").status_code == 503
    page = client.get(f"/bons/{uuid.uuid4()}/")
    assert page.status_code == 503
    assert "il reste valable" in page.text


def test_a_voucher_shows_its_code_in_every_way(client: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    page = client.get(address(wallet, code))
    assert shown(code) in page.text
    assert voucher_qr(code) in page.text
    assert all(line in page.text for line in spelled(code))
    assert "24 décembre 2026" in page.text  # the last day, not the midnight after it
    assert "Remettre un ticket d’entrée adulte." in page.text


@override_settings(PUBLIC_BASE_URL="https://points.example.fr")
def test_the_qr_code_holds_the_partners_address_of_the_voucher() -> None:
    assert voucher_address("0KM4RX72F") == "https://points.example.fr/partners/v/0KM4RX72F"
    assert voucher_qr("0KM4RX72F") != voucher_qr("123456782")


def test_a_vouchers_page_is_kept_by_nobody(client: Client, wallet: FakeWallet) -> None:
    page = client.get(address(wallet, wallet.voucher()))
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=", page.text)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("captured", "Bon utilisé le"),
        ("expired", "Bon expiré"),
        ("cancelled", "Bon annulé"),
        ("refunded", "Bon remboursé"),
    ],
)
def test_a_voucher_past_use_shows_no_code(
    client: Client, wallet: FakeWallet, state: str, said: str
) -> None:
    code = wallet.voucher(state=state, captured_at=NOW.isoformat(), site="Accueil")
    page = client.get(address(wallet, code)).text
    assert said in page
    assert shown(code) not in page
    assert "<svg" not in page
    assert "/cancel" not in page


def test_cancelling_gives_the_points_back_once(client: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    wallet.available_points = 70
    for _ in range(3):
        page = client.post(f"{address(wallet, code)}cancel", follow=True)
        assert "Bon annulé" in page.text
    assert wallet.available_points == 100


def test_a_used_voucher_can_not_be_cancelled(client: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher(state="captured", captured_at=NOW.isoformat(), site="Accueil")
    page = client.post(f"{address(wallet, code)}cancel", follow=True)
    assert "24 novembre 2026 à 11:00" in page.text


def test_an_unknown_voucher_is_not_found(client: Client, wallet: FakeWallet) -> None:
    nobody = f"/bons/{uuid.uuid4()}/"
    assert client.get(nobody).status_code == 404
    assert client.post(f"{nobody}cancel").status_code == 404
    assert client.get(f"{nobody}cancel").status_code == 405


def test_cancelling_needs_the_pages_own_form(wallet: FakeWallet) -> None:
    strict = Client(enforce_csrf_checks=True)
    code = wallet.voucher()
    assert strict.post(f"{address(wallet, code)}cancel").status_code == 403
    assert wallet.vouchers[code]["state"] == "held"


def test_every_symbol_of_a_code_can_be_said() -> None:
    said = spelled(voucher_code.ALPHABET)
    assert said[0] == "zéro, un, deux"
    assert said[-1] == "X comme Xavier, Y comme Yvonne, Z comme Zoé"


def test_every_obstacle_has_words() -> None:
    schemas = json.loads(CONTRACT.read_text())["components"]["schemas"]
    assert set(schemas["Obstacle"]["enum"]) <= set(REASONS)
