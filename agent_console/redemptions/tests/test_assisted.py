"""An operator serves a caller: nothing twice, nothing unsigned, nothing of another resident."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Protocol

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agent_console.citizens.models import Resident
from agent_console.intake import access
from agent_console.redemptions.models import ActKind, AssistedAct
from agent_console.redemptions.spelling import spelled
from agent_console.redemptions.views.assisted import REDEEM
from agent_console.wallet.tests.fake_wallet import OFFER, TOO_DEAR, FakeWallet
from service_kit.voucher_code import shown


class Answered(Protocol):
    """A response as a person reads it."""

    @property
    def text(self) -> str: ...


_KEY = re.compile(r'name="key" value="([^"]+)"')
_PRICE = re.compile(r'name="price" value="([^"]+)"')


def points(resident: Resident, more: str = "") -> str:
    return f"/console/residents/{resident.id}/points/{more}"


def key_on(page: Answered) -> str:
    found = _KEY.search(page.text)
    assert found
    return found[1]


def confirm(console: Client, resident: Resident) -> tuple[str, dict[str, str]]:
    """The confirmation's address and its form, as the operator gets them."""
    address = points(resident, f"offers/{OFFER}/")
    page = console.get(address)
    found = _PRICE.search(page.text)
    assert found
    return address, {"key": key_on(page), "price": found[1]}


def redeems(wallet: FakeWallet) -> list[str | None]:
    return [key for method, path, key, _ in wallet.calls if path == "/v1/redemptions"]


def test_the_page_says_what_can_be_had_and_why_not(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    page = console.get(points(resident)).text
    assert 'data-testid="available" data-points="100"' in page
    assert f"offers/{OFFER}/" in page
    assert f"offers/{TOO_DEAR}/" not in page
    assert "Pas assez de points\u00a0: il manque 300\u00a0points" in page.replace(
        "&nbsp;", "\u00a0"
    )
    assert "Aucun bon pour l’instant." in page


def test_a_redemption_is_read_back_then_made(
    console: Client, operator: User, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    asked = console.get(address).text
    assert "Il restera 70\u00a0points." in asked
    assert redeems(wallet) == []
    page = console.post(address, form, follow=True).text
    (code,) = wallet.vouchers
    assert shown(code) in page
    assert all(line in page for line in spelled(code))
    sent = next(body for _, path, _, body in wallet.calls if path == "/v1/redemptions")
    assert sent == {
        "wallet_id": str(resident.wallet_id),
        "offer_id": str(OFFER),
        "channel": "phone",
        "price_points": 30,
    }
    act = AssistedAct.objects.get()
    assert (act.kind, act.resident, act.subject, act.actor) == (
        ActKind.REDEEM,
        resident,
        OFFER,
        operator,
    )
    assert shown(code) in console.get(points(resident)).text


def test_a_double_click_and_a_reload_redeem_once(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    pages = {console.post(address, form).headers["Location"] for _ in range(3)}
    assert len(pages) == 1
    assert len(wallet.vouchers) == 1
    assert len(set(redeems(wallet))) == 1
    assert wallet.available_points == 70
    assert AssistedAct.objects.count() == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    wallet.lose_answers = 1
    lost = console.post(address, form)
    assert lost.status_code == 503
    assert "jamais pris deux fois" in lost.text
    assert key_on(lost) == form["key"]
    assert "Code à lire" in console.post(address, {**form, "key": key_on(lost)}, follow=True).text
    assert len(wallet.vouchers) == 1


def test_nobody_pays_another_price_than_the_one_they_heard(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    (wanted,) = (row for row in wallet.offers if row["id"] == str(OFFER))
    wanted["price_points"] = 60
    page = console.post(address, form, follow=True).text
    assert "Le prix a changé entre-temps" in page
    assert wallet.vouchers == {}
    assert wallet.available_points == 100
    _, form = confirm(console, resident)
    assert form["price"] == "60"
    console.post(address, form)
    assert wallet.available_points == 40


def test_an_offer_that_ran_out_meanwhile_says_so(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    wallet.offers[0]["left"] = 0
    page = console.post(address, form, follow=True).text
    assert "L’échange n’a pas eu lieu\u00a0: Épuisée." in page
    assert wallet.vouchers == {}


def test_an_offer_out_of_reach_is_not_even_asked(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    page = console.get(points(resident, f"offers/{TOO_DEAR}/"), follow=True).text
    assert "ne peut pas être échangée" in page
    unknown = console.get(points(resident, f"offers/{uuid.uuid4()}/"), follow=True).text
    assert "Retirée" in unknown


def test_a_key_stands_for_one_act(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    console.post(address, form)
    other = Resident.objects.create(wallet_id=uuid.uuid4())
    page = console.post(points(other, f"offers/{OFFER}/"), form, follow=True).text
    assert "Cette page a déjà servi" in page
    assert len(wallet.vouchers) == 1


def test_a_form_without_key_redeems_nothing(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    assert console.post(points(resident, f"offers/{OFFER}/"), {"key": "x"}).status_code == 200
    assert redeems(wallet) == []


def test_a_voucher_is_undone(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    voucher = console.post(address, form).headers["Location"]
    undo = {"key": key_on(console.get(voucher))}
    for _ in range(2):
        page = console.post(f"{voucher}cancel", undo, follow=True).text
        assert "Ses points sont revenus avec leur date" in page
    assert wallet.available_points == 100
    assert AssistedAct.objects.filter(kind=ActKind.CANCEL).count() == 1


def test_a_used_voucher_can_not_be_undone(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    address, form = confirm(console, resident)
    voucher = console.post(address, form).headers["Location"]
    undo = {"key": key_on(console.get(voucher))}
    (row,) = wallet.vouchers.values()
    row |= {"state": "captured", "captured_at": "2026-11-24T10:00:00Z", "site": "Accueil"}
    page = console.post(f"{voucher}cancel", undo, follow=True).text
    assert "Ce bon ne peut plus être annulé" in page
    assert "Utilisé le 24 novembre 2026 à 11:00, Accueil" in page


def test_anothers_voucher_is_not_found(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    code = wallet.voucher(wallet_id=str(uuid.uuid4()))
    address = points(resident, f"vouchers/{wallet.vouchers[code]['id']}/")
    assert console.get(address).status_code == 404
    assert console.post(f"{address}cancel", {"key": str(uuid.uuid4())}).status_code == 404
    assert wallet.vouchers[code]["state"] == "held"
    assert console.get(points(resident, f"vouchers/{uuid.uuid4()}/")).status_code == 404


def test_nobody_and_nothing_yet(console: Client, metropolis: None, wallet: FakeWallet) -> None:
    newcomer = Resident.objects.create()
    assert "Pas encore de porte-monnaie" in console.get(points(newcomer)).text
    assert console.get(points(newcomer, f"offers/{OFFER}/")).status_code == 404
    assert console.get(f"/console/residents/{uuid.uuid4()}/points/").status_code == 404
    assert wallet.calls == []


def test_a_wallet_that_is_away_is_said_in_words(
    console: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> None:
    wallet.away = True
    page = console.get(points(resident))
    assert page.status_code == 503
    assert "ne répond pas" in page.text


@pytest.mark.parametrize("path", ["", f"offers/{OFFER}/", f"vouchers/{uuid.uuid4()}/"])
def test_a_page_needs_both_permissions(
    client: Client,
    make_user: Callable[..., User],
    metropolis: None,
    resident: Resident,
    wallet: FakeWallet,
    path: str,
) -> None:
    address = points(resident, path)
    assert client.get(address).headers["Location"].startswith("/console/login/")
    for number, permission in enumerate((access.VIEW_WALLETS, REDEEM)):
        client.force_login(make_user(f"agent{number}", permission))
        assert client.get(address).status_code == 403
        assert client.post(address).status_code in (403, 405)
    assert wallet.calls == []


@pytest.mark.parametrize(
    "verb",
    ["UPDATE redemptions_assistedact SET kind = 'cancel'", "DELETE FROM redemptions_assistedact"],
)
def test_what_an_operator_did_refuses_every_change(
    operator: User, resident: Resident, verb: str
) -> None:
    AssistedAct.objects.create(
        kind=ActKind.REDEEM, resident=resident, subject=OFFER, actor=operator
    )
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    assert AssistedAct.objects.get().kind == ActKind.REDEEM
