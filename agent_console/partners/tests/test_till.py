"""The till over HTTP: what a cashier reads, presses, and presses again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.citizens.models import Resident
from agent_console.partners.access import CAPTURE_VOUCHERS
from agent_console.partners.models import Cashier
from agent_console.partners.services import cashier_set_active, cashier_update
from agent_console.wallet.tests.fake_wallet import NOW, WALLET, FakeWallet
from service_kit import voucher_code


class Answered(Protocol):
    """A response as a person reads it."""

    @property
    def text(self) -> str: ...


_KEY = re.compile(r'name="key" value="([^"]+)"')


def verdict(page: Answered) -> str:
    found = re.search(r'data-verdict="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def key_on(page: Answered) -> str:
    found = _KEY.search(page.text)
    assert found, "the page has no form to capture with"
    return found[1]


def captures(wallet: FakeWallet) -> list[str | None]:
    return [key for _, path, key, _ in wallet.calls if path.endswith("/capture")]


@pytest.mark.parametrize(
    "spell",
    [
        str,
        str.lower,
        voucher_code.shown,
        lambda code: f" {voucher_code.shown(code).replace('-', ' ')} ",
        lambda code: code.replace("0", "o"),
    ],
)
def test_a_code_is_understood_however_it_is_typed(
    till: Client, wallet: FakeWallet, spell: Callable[[str], str]
) -> None:
    code = wallet.voucher()
    assert (
        till.get("/partners/", {"code": spell(code)}).headers["Location"] == f"/partners/v/{code}"
    )
    page = till.get(f"/partners/v/{spell(code).strip()}")
    assert verdict(page) == "usable"
    assert "Une entrée à la piscine" in page.text
    assert "Remettre un ticket d’entrée adulte." in page.text
    assert "30\u00a0points" in page.text
    assert "24 décembre 2026" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Tapez le code"),
        ("123", "9 caractères"),
        ("123-456-78S", "caractère impossible"),
        ("123-456-783", "erreur de frappe"),
    ],
)
def test_a_wrong_code_is_named_before_anybody_is_asked(
    till: Client, wallet: FakeWallet, typed: str, said: str
) -> None:
    page = till.get("/partners/", {"code": typed})
    assert page.status_code == 422
    assert said in page.text
    assert 'aria-invalid="true"' in page.text
    assert wallet.calls == []
    if typed:
        scanned = till.get(f"/partners/v/{typed}", follow=True)
        assert said in scanned.text


def test_a_capture_is_confirmed_and_a_second_scan_says_when_and_where(
    till: Client, cashier: Cashier, wallet: FakeWallet
) -> None:
    code = wallet.voucher()
    form = {"key": key_on(till.get(f"/partners/v/{code}"))}
    done = till.post(f"/partners/v/{code}/capture", form, follow=True)
    assert verdict(done) == "done"
    assert "Validé, remettez" in done.text
    sent = next(body for _, path, _, body in wallet.calls if path.endswith("/capture"))
    assert sent == {
        "partner_id": str(cashier.partner_id),
        "cashier": str(cashier.id),
        "site": "Accueil Busserine",
        "own_voucher": False,
    }
    again = till.get(f"/partners/v/{code}")
    assert verdict(again) == "used"
    assert "24 novembre 2026 à 11:00" in again.text  # Europe/Paris
    assert "Accueil Busserine" in again.text
    assert "avec votre compte" in again.text
    assert not _KEY.search(again.text)


def test_a_double_tap_and_a_reload_get_the_same_success(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    form = {"key": key_on(till.get(f"/partners/v/{code}"))}
    pages = [till.post(f"/partners/v/{code}/capture", form, follow=True) for _ in range(3)]
    assert [verdict(page) for page in pages] == ["done"] * 3
    assert len(set(captures(wallet))) == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    till: Client, wallet: FakeWallet
) -> None:
    code = wallet.voucher()
    form = {"key": key_on(till.get(f"/partners/v/{code}"))}
    wallet.lose_answers = 1
    lost = till.post(f"/partners/v/{code}/capture", form)
    assert lost.status_code == 503
    assert "ne répond pas" in lost.text
    assert wallet.vouchers[code]["state"] == "captured"  # it did happen
    assert key_on(lost) == form["key"]
    done = till.post(f"/partners/v/{code}/capture", {"key": key_on(lost)}, follow=True)
    assert verdict(done) == "done"


def test_a_wallet_that_is_away_keeps_the_form_and_its_key(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    form = {"key": key_on(till.get(f"/partners/v/{code}"))}
    wallet.away = True
    away = till.post(f"/partners/v/{code}/capture", form)
    assert away.status_code == 503
    assert key_on(away) == form["key"]
    wallet.away = False
    assert verdict(till.post(f"/partners/v/{code}/capture", form, follow=True)) == "done"


def test_two_tills_one_voucher(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    first, second = (key_on(till.get(f"/partners/v/{code}")) for _ in range(2))
    assert verdict(till.post(f"/partners/v/{code}/capture", {"key": first}, follow=True)) == "done"
    refused = till.post(f"/partners/v/{code}/capture", {"key": second}, follow=True)
    assert verdict(refused) == "used"
    assert "Accueil Busserine" in refused.text


def test_nobody_is_told_done_of_what_another_captured(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher(
        state="captured", captured_at=NOW.isoformat(), site="Bassin", cashier=str(uuid.uuid4())
    )
    page = till.get(f"/partners/v/{code}?done=1")
    assert verdict(page) == "used"
    assert "avec votre compte" not in page.text


@pytest.mark.parametrize(
    ("state", "kind", "said"),
    [("expired", "expired", "Bon expiré"), ("cancelled", "cancelled", "Bon annulé")],
)
def test_a_voucher_past_use_is_refused_in_words(
    till: Client, wallet: FakeWallet, state: str, kind: str, said: str
) -> None:
    code = wallet.voucher(state=state, expires_at=(NOW - timedelta(days=1)).isoformat())
    page = till.get(f"/partners/v/{code}")
    assert verdict(page) == kind
    assert said in page.text
    assert not _KEY.search(page.text)
    pressed = till.post(f"/partners/v/{code}/capture", {"key": str(uuid.uuid4())})
    assert pressed.status_code == 409
    assert said in pressed.text


def test_anothers_voucher_and_an_unknown_one_say_nothing_more(
    till: Client, wallet: FakeWallet
) -> None:
    other = till.get(f"/partners/v/{wallet.voucher(partner=uuid.uuid4())}")
    assert verdict(other) == "voucher_other_partner"
    assert "piscine" not in other.text
    unknown = till.get(f"/partners/v/{voucher_code.draw()}")
    assert verdict(unknown) == "voucher_unknown"
    assert "Bon inconnu" in unknown.text


def test_a_cashier_capturing_their_own_voucher_is_marked(
    till: Client, cashier: Cashier, wallet: FakeWallet
) -> None:
    resident = Resident.objects.create(wallet_id=WALLET)
    cashier_update(cashier=cashier, site=cashier.site, resident=resident, by=None)
    code = wallet.voucher()
    till.post(f"/partners/v/{code}/capture", {"key": str(uuid.uuid4())})
    assert wallet.calls[-1][3]["own_voucher"] is True


def test_a_form_without_a_key_captures_nothing(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    for key in ("", "pas-une-cle"):
        till.post(f"/partners/v/{code}/capture", {"key": key})
    assert captures(wallet) == []


def test_a_problem_is_reported_once(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher(state="captured", captured_at=NOW.isoformat(), site="Accueil")
    assert f"/partners/v/{code}/problem" in till.get(f"/partners/v/{code}").text
    page = till.get(f"/partners/v/{code}/problem")
    form = {"key": key_on(page), "reason": "not_handed_over"}
    unsaid = till.post(f"/partners/v/{code}/problem", {"key": form["key"]})
    assert unsaid.status_code == 422
    assert "Choisissez ce qui s’est passé." in unsaid.text
    for key in (form["key"], form["key"], str(uuid.uuid4())):
        told = till.post(f"/partners/v/{code}/problem", form | {"key": key}, follow=True)
        assert "signalé à la Métropole" in told.text
    disputes = [call for call in wallet.calls if call[1].endswith("/disputes")]
    assert len({key for _, _, key, _ in disputes}) == 2
    assert disputes[0][3]["reason"] == "not_handed_over"
    assert "Un problème est signalé" in till.get(f"/partners/v/{code}").text


def test_a_problem_needs_a_captured_voucher(till: Client, wallet: FakeWallet) -> None:
    code = wallet.voucher()
    assert "/problem" not in till.get(f"/partners/v/{code}").text
    form = {"key": str(uuid.uuid4()), "reason": "other"}
    refused = till.post(f"/partners/v/{code}/problem", form)
    assert refused.status_code == 409
    assert "Bon non validé" in refused.text


PAGES = [
    "/partners/",
    "/partners/v/123456782",
    "/partners/v/123456782/problem",
    "/partners/day/",
    "/partners/statements/",
    f"/partners/statements/{uuid.uuid4()}/",
    f"/partners/statements/{uuid.uuid4()}.csv",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_a_cashier_only(
    client: Client,
    cashier: Cashier,
    make_user: Callable[..., User],
    wallet: FakeWallet,
    path: str,
) -> None:
    stranger = client.get(path)
    assert stranger.headers["Location"].startswith("/partners/login/?next=/partners/")
    for user in (make_user("agent"), make_user("sans-guichet", CAPTURE_VOUCHERS)):
        client.force_login(user)
        refused = client.get(path)
        assert refused.status_code == 403
        assert "Pas de guichet" in refused.text
    client.force_login(cashier.user)
    assert client.get(path).status_code not in (302, 403)
    cashier_set_active(cashier=cashier, active=False, by=None)
    assert client.get(path).status_code == 403


def test_signing_in_leads_to_the_till_and_back_to_the_scanned_voucher(
    client: Client, cashier: Cashier
) -> None:
    account = {"username": "caissiere", "password": "Un mot de passe 42"}
    assert client.post("/partners/login/", account).headers["Location"] == "/partners/"
    left = client.post("/partners/logout/")
    assert left.headers["Location"] == "/partners/login/"
    wrong = client.post("/partners/login/", account | {"password": "faux"})
    assert "Identifiant ou mot de passe incorrect." in wrong.text
    target = "/partners/v/123456782"
    assert client.get(target).headers["Location"] == f"/partners/login/?next={target}"
    assert client.post("/partners/login/", account | {"next": target}).headers["Location"] == target


def test_only_the_page_with_the_scanner_may_compile_webassembly(
    till: Client, wallet: FakeWallet
) -> None:
    assert "'wasm-unsafe-eval'" in till.get("/partners/").headers["Content-Security-Policy"]
    for path in (f"/partners/v/{wallet.voucher()}", "/partners/day/", "/console/login/"):
        assert "unsafe" not in till.get(path).headers["Content-Security-Policy"]


def test_a_browser_keeps_nothing_of_a_till(till: Client, wallet: FakeWallet) -> None:
    for path in ("/partners/", f"/partners/v/{wallet.voucher()}", "/partners/day/"):
        assert "no-store" in till.get(path).headers["Cache-Control"]
