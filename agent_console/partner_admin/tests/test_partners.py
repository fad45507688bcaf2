"""Partners and agreements: the list, the forms, and what a form does when it is sent twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.staff.services import actor_of

from .conftest import SIRET, hidden
from .fake_wallet import FakeWallet, Refused

pytestmark = pytest.mark.django_db
NEW = "/console/partners/new/"


def _form(console: Client, **values: str) -> dict[str, str]:
    key = hidden(console.get(NEW).text, "key")
    filled = {"key": key, "siret": SIRET, "name": "Piscine de Luminy", "kind": "partner"}
    return filled | values


def _agreement(console: Client, partner: dict[str, Any], **values: str) -> dict[str, str]:
    key = hidden(console.get(f"/console/partners/{partner['id']}/agreements/new/").text, "key")
    return {"key": key, "reference": "2027-CONV-7"} | values


def _day(offset: int) -> str:
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def test_an_empty_list_says_what_will_come(console: Client) -> None:
    assert "Aucun partenaire pour le moment" in console.get("/console/partners/").text


def test_a_partner_is_made_with_the_supervisor_s_number(
    console: Client, wallet: FakeWallet, supervisor: User
) -> None:
    response = console.post(NEW, _form(console, siret="732 829 320 00074"), follow=True)
    assert "Piscine de Luminy est enregistré" in response.text
    sent = json.loads(next(r for r in wallet.requests if r.method == "POST").content)
    assert sent["siret"] == SIRET
    assert sent["actor"] == str(actor_of(user=supervisor))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Ce champ est obligatoire."),
        ("7328293200007", "vous en avez écrit 13"),
        ("73282932000079", "un chiffre est faux"),
        ("7328293200007A", "que des chiffres"),
    ],
)
def test_a_wrong_siret_is_explained_before_anything_is_sent(
    console: Client, wallet: FakeWallet, typed: str, message: str
) -> None:
    response = console.post(NEW, _form(console, siret=typed))
    assert response.status_code == 422
    assert message in response.text
    assert "<title>Erreur" in response.text
    assert 'value="Piscine de Luminy"' in response.text
    assert not any(request.method == "POST" for request in wallet.requests)


def test_a_siret_that_is_there_is_refused_at_its_field(
    console: Client, partner: dict[str, Any]
) -> None:
    response = console.post(NEW, _form(console))
    assert response.status_code == 422
    assert "Un partenaire avec ce SIRET existe déjà." in response.text
    assert 'aria-invalid="true"' in response.text


def test_the_same_form_sent_twice_makes_one_partner(console: Client, wallet: FakeWallet) -> None:
    form = _form(console)
    first, second = console.post(NEW, form), console.post(NEW, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert wallet.writes == 1


@pytest.mark.parametrize("fault", ["is_away", "loses_answers"])
def test_a_wallet_in_trouble_loses_nothing_and_the_next_try_acts_once(
    console: Client, wallet: FakeWallet, fault: str
) -> None:
    form = _form(console)
    setattr(wallet, fault, True)
    response = console.post(NEW, form)
    assert response.status_code == 503
    assert "Vos saisies sont conservées" in response.text
    assert hidden(response.text, "key") == form["key"]
    assert 'value="Piscine de Luminy"' in response.text
    setattr(wallet, fault, False)
    assert console.post(NEW, form).status_code == 302
    assert wallet.writes == 1
    assert len(wallet.partners) == 1


def test_other_values_under_a_used_key_are_held_back_with_a_reason(
    console: Client, wallet: FakeWallet
) -> None:
    form = _form(console)
    console.post(NEW, form)
    response = console.post(NEW, form | {"name": "Autre nom"})
    assert response.status_code == 422
    assert "déjà été envoyé avec d’autres valeurs" in response.text
    assert hidden(response.text, "key") != form["key"]
    assert wallet.writes == 1


def test_an_unforeseen_refusal_is_shown_with_its_code(console: Client, wallet: FakeWallet) -> None:
    wallet.refuse_writes = Refused(409, "brand_new_code")
    response = console.post(NEW, _form(console))
    assert response.status_code == 422
    assert "code brand_new_code" in response.text


def test_a_form_without_its_key_is_refused(console: Client, wallet: FakeWallet) -> None:
    response = console.post(NEW, _form(console, key="nonsense"))
    assert response.status_code == 422
    assert "Ce formulaire est incomplet" in response.text
    assert wallet.writes == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LUMINY", True),
        ("q=732+829", True),
        ("q=theatre", False),
        ("agreement=in_force", True),
        ("agreement=none", False),
        ("agreement=nonsense", True),
    ],
)
def test_partners_are_found_by_name_number_and_agreement(
    console: Client, partner: dict[str, Any], query: str, found: bool
) -> None:
    page = console.get(f"/console/partners/?{query}").text
    assert ('data-testid="partner-row"' in page) is found
    assert ("ne répond à cette recherche" in page) is not found


def test_the_page_says_until_when_the_agreement_runs(
    console: Client, partner: dict[str, Any]
) -> None:
    page = console.get(f"/console/partners/{partner['id']}/").text
    for expected in ("En vigueur", "732\u00a0829\u00a0320\u00a000074", "2026-CONV-042"):
        assert expected in page


def test_an_unknown_partner_is_not_found(console: Client) -> None:
    path = "/console/partners/0191f7a0-0000-7000-8000-0000000000ff/"
    assert console.get(path).status_code == 404


def test_a_wallet_that_is_away_is_said_on_a_page_of_its_own(
    console: Client, wallet: FakeWallet
) -> None:
    wallet.is_away = True
    response = console.get("/console/partners/")
    assert response.status_code == 503
    assert "ne répond pas" in response.text


def test_a_partner_is_suspended_once(
    console: Client, wallet: FakeWallet, partner: dict[str, Any]
) -> None:
    path = f"/console/partners/{partner['id']}/edit/"
    page = console.get(path).text
    form = {name: hidden(page, name) for name in ("key", "version")}
    form |= {"name": partner["name"], "kind": "partner", "state": "suspended"}
    for _ in range(2):
        assert console.post(path, form).status_code == 302
    assert wallet.writes == 1
    shown = console.get(f"/console/partners/{partner['id']}/").text
    assert "Ce partenaire est suspendu" in shown


def test_a_colleague_s_change_is_not_overwritten_unseen(
    console: Client, wallet: FakeWallet, partner: dict[str, Any]
) -> None:
    path = f"/console/partners/{partner['id']}/edit/"
    page = console.get(path).text
    form = {name: hidden(page, name) for name in ("key", "version")}
    form |= {"name": "Mon nom", "kind": "partner", "state": "active"}
    partner.update(name="Leur nom", version=2)
    response = console.post(path, form)
    assert response.status_code == 422
    assert "Vos saisies sont gardées" in response.text
    assert partner["name"] == "Leur nom"
    again = form | {name: hidden(response.text, name) for name in ("key", "version")}
    assert console.post(path, again).status_code == 302
    assert partner["name"] == "Mon nom"


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (400, 390, "finit avant de commencer"),
        (-400, -300, "Cette convention est déjà finie"),
        (5, 400, "chevauchent la convention 2026-CONV-042"),
        (355, 400, "chevauchent"),
    ],
)
def test_an_agreement_s_dates_are_explained(
    console: Client,
    wallet: FakeWallet,
    partner: dict[str, Any],
    first: int,
    last: int,
    message: str,
) -> None:
    path = f"/console/partners/{partner['id']}/agreements/new/"
    form = _agreement(console, partner, starts_on=_day(first), ends_on=_day(last))
    response = console.post(path, form)
    assert response.status_code == 422
    assert message in response.text
    assert wallet.writes == 0


def test_an_agreement_that_follows_is_added_once(
    console: Client, wallet: FakeWallet, partner: dict[str, Any]
) -> None:
    path = f"/console/partners/{partner['id']}/agreements/new/"
    form = _agreement(console, partner, starts_on=_day(356), ends_on=_day(700))
    wallet.loses_answers = True
    assert console.post(path, form).status_code == 503
    wallet.loses_answers = False
    response = console.post(path, form, follow=True)
    assert "La convention est enregistrée" in response.text
    assert "par superviseuse" in response.text
    assert wallet.writes == 1
    assert len(partner["agreements"]) == 2


def test_an_agreement_typed_while_the_wallet_is_away_stays_typed(
    console: Client, wallet: FakeWallet, partner: dict[str, Any]
) -> None:
    path = f"/console/partners/{partner['id']}/agreements/new/"
    form = _agreement(console, partner, starts_on=_day(356), ends_on=_day(700))
    wallet.is_away = True
    response = console.post(path, form)
    assert response.status_code == 503
    assert 'value="2027-CONV-7"' in response.text
    assert hidden(response.text, "key") == form["key"]
