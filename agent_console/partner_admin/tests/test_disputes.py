"""Disputes: the facts, the decision, and who must approve a refund."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.partners.models import Cashier
from agent_console.staff.services import actor_of

from .conftest import hidden
from .fake_wallet import NOBODY, FakeWallet, Refused

pytestmark = pytest.mark.django_db
LIST = "/console/partners/disputes/"


@pytest.fixture
def dispute(wallet: FakeWallet, partner: dict[str, Any], db: None) -> dict[str, Any]:
    user = User.objects.create_user("p.martin", first_name="Paule", last_name="Martin")
    cashier = Cashier.objects.create(user=user, partner_id=partner["id"], site="Accueil")
    return wallet.add_dispute(partner_id=partner["id"], cashier=str(cashier.pk))


@pytest.fixture
def path(dispute: dict[str, Any]) -> str:
    return f"{LIST}{dispute['id']}/"


def _form(console: Client, path: str, decision: str) -> dict[str, str]:
    return {"key": hidden(console.get(path).text, "key"), "decision": decision}


def test_an_empty_list_says_so(console: Client) -> None:
    assert "Aucune contestation n’attend" in console.get(LIST).text
    assert "dans cet état" in console.get(f"{LIST}?state=refunded").text


def test_the_list_shows_the_open_ones(console: Client, dispute: dict[str, Any]) -> None:
    page = console.get(f"{LIST}?state=nonsense").text
    assert "0KM-4RX-72F" in page
    assert "Piscine de Luminy" in page
    dispute["state"] = "dismissed"
    assert 'data-testid="dispute-row"' not in console.get(LIST).text


def test_the_page_tells_the_voucher_s_facts(console: Client, path: str) -> None:
    page = console.get(path).text
    for fact in (
        "0KM-4RX-72F",
        "60\u00a0points",
        "3,50\u00a0€",
        "Accueil Luminy",
        "par Paule Martin",
        "Service non rendu",
        "un autre superviseur l’approuve",
    ):
        assert fact in page


def test_a_refund_is_only_proposed_and_says_who_must_approve(
    console: Client, wallet: FakeWallet, dispute: dict[str, Any], path: str
) -> None:
    form = _form(console, path, "refund")
    for _ in range(2):
        page = console.post(f"{path}decision/", form, follow=True).text
        assert "une autre personne doit maintenant l’approuver" in page
        assert "C’est votre proposition" in page
    assert wallet.writes == 1
    assert dispute["state"] == "refund_proposed"


def test_a_colleague_is_told_that_they_may_approve(
    console: Client, dispute: dict[str, Any], path: str
) -> None:
    nadia = User.objects.create_user("nadia", first_name="Nadia")
    dispute.update(state="refund_proposed", decided_by=str(actor_of(user=nadia)))
    page = console.get(path).text
    assert "proposé par Nadia" in page
    assert "Elle attend une seconde personne" in page


def test_a_dispute_is_dismissed(console: Client, dispute: dict[str, Any], path: str) -> None:
    page = console.post(f"{path}decision/", _form(console, path, "dismiss"), follow=True).text
    assert "le bon reste dû au partenaire" in page
    assert dispute["state"] == "dismissed"


@pytest.mark.parametrize(
    ("code", "message"),
    [("dispute_decided", "déjà été décidée"), ("period_closed", "relevé arrêté")],
)
def test_a_refusal_is_explained(
    console: Client, wallet: FakeWallet, path: str, code: str, message: str
) -> None:
    form = _form(console, path, "refund")
    wallet.refuse_writes = Refused(409, code)
    response = console.post(f"{path}decision/", form)
    assert response.status_code == 422
    assert message in response.text


def test_a_voucher_in_a_closed_statement_can_only_be_dismissed(
    console: Client, wallet: FakeWallet, dispute: dict[str, Any], path: str
) -> None:
    dispute["statement_id"] = wallet._close(
        dispute["partner_id"], {"until": "2026-11-01", "actor": NOBODY}
    )["id"]
    page = console.get(path).text
    assert "ne peut plus être remboursé" in page
    assert 'value="dismiss"' in page
    assert 'value="refund"' not in page


def test_no_decision_is_no_decision(console: Client, wallet: FakeWallet, path: str) -> None:
    response = console.post(f"{path}decision/", _form(console, path, ""))
    assert response.status_code == 422
    assert "Choisissez une décision." in response.text
    assert wallet.writes == 0


@pytest.mark.parametrize("fault", ["is_away", "loses_answers"])
def test_a_decision_that_got_lost_is_sent_again_once(
    console: Client, wallet: FakeWallet, path: str, fault: str
) -> None:
    form = _form(console, path, "refund")
    setattr(wallet, fault, True)
    response = console.post(f"{path}decision/", form)
    assert response.status_code == 503
    assert "Proposer le remboursement" in response.text
    setattr(wallet, fault, False)
    again = form | {"key": hidden(response.text, "key")}
    assert console.post(f"{path}decision/", again).status_code == 302
    assert wallet.writes == 1


def _new(console: Client, **values: str) -> dict[str, str]:
    key = hidden(console.get(f"{LIST}new/").text, "key")
    return {"key": key, "code": "okm 4rx 72f", "reason": "not_handed_over"} | values


def test_a_supervisor_disputes_a_voucher_once(
    console: Client, wallet: FakeWallet, partner: dict[str, Any]
) -> None:
    form = _new(console)
    for _ in range(2):
        page = console.post(f"{LIST}new/", form, follow=True).text
        assert "La contestation est ouverte." in page
        assert "par un superviseur (superviseuse)" in page
    assert wallet.writes == 1
    sent = next(request for request in wallet.requests if request.method == "POST")
    assert sent.url.path == "/v1/vouchers/0KM4RX72F/disputes"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "obligatoire"),
        ("0KM 4RX 72", "compte 9 caractères"),
        ("0KM 4RX 72H", "erreur de frappe"),
        ("BBB BBB BBB", "caractère impossible"),
    ],
)
def test_a_code_that_is_none_is_explained(
    console: Client, wallet: FakeWallet, code: str, message: str
) -> None:
    response = console.post(f"{LIST}new/", _new(console, code=code))
    assert response.status_code == 422
    assert message in response.text
    assert wallet.writes == 0


def test_a_dispute_that_is_refused_is_explained_at_the_code(
    console: Client, dispute: dict[str, Any]
) -> None:
    response = console.post(f"{LIST}new/", _new(console))
    assert response.status_code == 422
    assert "déjà contesté" in response.text
    assert 'href="#id_code"' in response.text


def test_an_unknown_voucher_is_explained(console: Client) -> None:
    response = console.post(f"{LIST}new/", _new(console))
    assert "Aucun bon ne porte ce code" in response.text
