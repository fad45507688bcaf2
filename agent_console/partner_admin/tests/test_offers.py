"""Offers: the forms, the history, the state, and what residents will see."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.staff.services import actor_of

from .conftest import hidden
from .fake_wallet import FakeWallet, Refused

pytestmark = pytest.mark.django_db


def _day(offset: int) -> str:
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def _new(console: Client, partner: dict[str, Any], **values: Any) -> dict[str, Any]:
    filled: dict[str, Any] = {
        "key": hidden(console.get(f"/console/partners/{partner['id']}/offers/new/").text, "key"),
        "title": "Un compost offert",
        "description": "Un bac de compost de 20 litres.",
        "how_to_use": "À la déchèterie, le samedi.",
        "price_points": "120",
        "reimbursement_cents": "3,50",
        "stock": "",
        "per_wallet_limit": "",
        "first_day": _day(0),
        "last_day": _day(30),
        "voucher_days": "30",
        "communes": ["13055", "13001"],
    }
    return filled | values


def _edited(html: str, **values: Any) -> dict[str, Any]:
    """The form of an offer's page as a browser would send it, with ``values`` typed over."""
    form: dict[str, Any] = {"communes": re.findall(r'value="(\d{5})"[^>]* checked', html)}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "communes":
            form[name[1]] = value[1] if value else ""
    for name, text in re.findall(r"<textarea name=\"(\w+)\"[^>]*>\s*([^<]*)</textarea>", html):
        form[name] = text
    return form | values


def _sent(wallet: FakeWallet) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        next(request for request in reversed(wallet.requests) if request.method != "GET").content
    )
    return body


@pytest.fixture
def path(offer: dict[str, Any]) -> str:
    return f"/console/partners/offers/{offer['id']}/"


def test_an_empty_list_says_where_offers_are_made(console: Client) -> None:
    assert "Une offre se crée depuis" in console.get("/console/partners/offers/").text


def test_an_offer_is_published_as_whole_paris_days(
    console: Client, wallet: FakeWallet, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    values = {"first_day": "2027-03-28", "last_day": "2027-03-28"}  # the day has 23 hours
    page = f"/console/partners/{partner['id']}/offers/new/"
    form = _new(console, partner, **values)
    for _ in range(2):
        response = console.post(page, form, follow=True)
        assert "est publiée" in response.text
    assert wallet.writes == 1
    sent = _sent(wallet)
    assert sent["valid_from"] == "2027-03-28T00:00:00+01:00"
    assert sent["valid_until"] == "2027-03-29T00:00:00+02:00"
    assert sent["reimbursement_cents"] == 350
    assert sent["stock"] is None
    assert sent["communes"] == ["13001", "13055"]
    assert sent["state"] == "published"


def test_line_breaks_and_french_spaces_reach_the_wallet_without_control_characters(
    console: Client, wallet: FakeWallet, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    page = f"/console/partners/{partner['id']}/offers/new/"
    typed = {"title": "Un\tcompost", "description": "Ligne\u00a0: une\r\nLigne\x07 deux 🧑‍🌾"}
    assert console.post(page, _new(console, partner, **typed)).status_code == 302
    sent = _sent(wallet)
    assert sent["title"] == "Un compost"
    assert sent["description"] == "Ligne\u00a0: une\nLigne deux 🧑‍🌾"


def test_a_draft_stays_out_of_the_catalogue(
    console: Client, wallet: FakeWallet, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    page = f"/console/partners/{partner['id']}/offers/new/"
    response = console.post(page, _new(console, partner, draft="1"), follow=True)
    assert "en brouillon" in response.text
    assert _sent(wallet)["state"] == "draft"


def test_a_preview_saves_nothing_and_keeps_the_form(
    console: Client, wallet: FakeWallet, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    page = f"/console/partners/{partner['id']}/offers/new/"
    form = _new(console, partner, preview="1")
    response = console.post(page, form)
    assert response.status_code == 200
    assert 'data-testid="preview"' in response.text
    assert "120\u00a0points" in response.text
    assert "Aix-en-Provence, Marseille" in response.text
    assert hidden(response.text, "key") == form["key"]
    assert wallet.writes == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "obligatoire"),
        ("title", "x" * 121, "120 caractères au plus, 121 écrits"),
        ("description", "x" * 2001, "trop long"),
        ("price_points", "0", "de 1 à 1\u202f000\u202f000"),
        ("price_points", "1,5", "nombre entier"),
        ("price_points", "-3", "nombre entier"),
        ("reimbursement_cents", "trois", "par exemple 3,50"),
        ("reimbursement_cents", "3,505", "deux décimales"),
        ("reimbursement_cents", "NaN", "deux décimales"),
        ("reimbursement_cents", "1e9", "de 0 à 1000"),
        ("reimbursement_cents", "-1", "de 0 à 1000"),
        ("stock", "1000001", "nombre entier"),
        ("per_wallet_limit", "0", "nombre entier"),
        ("voucher_days", "367", "nombre entier"),
        ("first_day", "2027-02-30", "n’existe pas"),
        ("first_day", "0026-01-01", "de 2020 à 2099"),
        ("last_day", "2020-01-01", "avant de commencer"),
        ("communes", ["75056"], "pas dans la Métropole"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field(
    console: Client,
    wallet: FakeWallet,
    partner: dict[str, Any],
    offer: dict[str, Any],
    field: str,
    value: Any,
    message: str,
) -> None:
    form = _new(console, partner, **{field: value})
    response = console.post(f"/console/partners/{partner['id']}/offers/new/", form)
    assert response.status_code == 422
    assert message in response.text
    assert f'href="#id_{field}"' in response.text
    assert wallet.writes == 0


def test_a_day_that_is_past_is_explained(
    console: Client, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    form = _new(console, partner, first_day=_day(-9), last_day=_day(-2))
    response = console.post(f"/console/partners/{partner['id']}/offers/new/", form)
    assert "Ce jour est passé" in response.text


def test_days_without_an_agreement_are_refused_at_the_dates(
    console: Client, wallet: FakeWallet, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    wallet.refuse_writes = Refused(409, "agreement_not_in_force")
    form = _new(console, partner)
    response = console.post(f"/console/partners/{partner['id']}/offers/new/", form)
    assert response.status_code == 422
    assert "ne couvrent pas tous ces jours" in response.text
    assert 'value="Un compost offert"' in response.text


def test_an_edit_sends_what_changed_and_nothing_else(
    console: Client, wallet: FakeWallet, supervisor: User, path: str
) -> None:
    form = _edited(console.get(f"{path}edit/").text, price_points="80")
    for _ in range(2):
        assert console.post(f"{path}edit/", form).status_code == 302
    assert wallet.writes == 1
    assert _sent(wallet) == {
        "price_points": 80,
        "version": 1,
        "actor": str(actor_of(user=supervisor)),
    }


def test_the_history_says_who_changed_what(
    console: Client, offer: dict[str, Any], path: str
) -> None:
    form = _edited(console.get(f"{path}edit/").text, reimbursement_cents="934,50 €", stock="")
    console.post(f"{path}edit/", form)
    page = console.get(path).text
    assert "par superviseuse" in page
    for line in (
        "<del>3,50\u00a0€</del>",
        "<ins>934,50\u00a0€</ins>",
        "<ins>sans limite</ins>",
    ):
        assert line in page
    assert "Création de l’offre" in page
    assert "Compte inconnu" in page


def test_a_colleague_s_edit_is_named_and_not_overwritten_unseen(
    console: Client, wallet: FakeWallet, offer: dict[str, Any], path: str
) -> None:
    form = _edited(console.get(f"{path}edit/").text, price_points="80")
    colleague = User.objects.create_user("nadia", first_name="Nadia")
    wallet._change(
        "offers",
        offer["id"],
        {"title": "Autre titre", "version": 1, "actor": str(actor_of(user=colleague))},
    )
    response = console.post(f"{path}edit/", form)
    assert response.status_code == 422
    assert "Entre-temps, Nadia a modifié" in response.text
    assert offer["price_points"] == 60
    assert console.post(f"{path}edit/", _edited(response.text)).status_code == 302
    assert offer["price_points"] == 80


def test_an_edit_while_the_wallet_is_away_stays_typed(
    console: Client, wallet: FakeWallet, offer: dict[str, Any], path: str
) -> None:
    form = _edited(console.get(f"{path}edit/").text, title="Deux entrées")
    wallet.is_away = True
    response = console.post(f"{path}edit/", form)
    assert response.status_code == 503
    assert 'value="Deux entrées"' in response.text
    wallet.is_away = False
    assert console.post(f"{path}edit/", _edited(response.text)).status_code == 302
    assert offer["title"] == "Deux entrées"


def test_stock_may_not_fall_under_what_is_taken(
    console: Client, wallet: FakeWallet, offer: dict[str, Any], path: str
) -> None:
    offer["taken"] = 40
    form = _edited(console.get(f"{path}edit/").text, stock="39")
    assert "40 bons sont déjà pris" in console.post(f"{path}edit/", form).text
    assert wallet.writes == 0


def test_an_offer_is_paused_and_published_again(
    console: Client, wallet: FakeWallet, offer: dict[str, Any], path: str
) -> None:
    for state, word in (("withdrawn", "n’est plus au catalogue"), ("published", "est au")):
        page = console.get(path).text
        form = {name: hidden(page, name) for name in ("key", "version")} | {"state": state}
        for _ in range(2):
            assert word in console.post(f"{path}state/", form, follow=True).text
        assert offer["state"] == state
    assert wallet.writes == 2


def test_a_state_that_is_refused_is_explained(
    console: Client, wallet: FakeWallet, path: str
) -> None:
    page = console.get(path).text
    form = {name: hidden(page, name) for name in ("key", "version")} | {"state": "withdrawn"}
    wallet.refuse_writes = Refused(409, "offer_state_refused")
    response = console.post(f"{path}state/", form)
    assert response.status_code == 422
    assert "ne peut pas passer à cet état" in response.text


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "live"),
        ({"state": "draft"}, "draft"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"left": 0}, "sold_out"),
        ({"valid_from": "2199-01-01T00:00:00+01:00"}, "upcoming"),
        ({"valid_until": "2020-01-01T00:00:00+01:00"}, "over"),
    ],
)
def test_the_list_tells_what_residents_meet(
    console: Client, offer: dict[str, Any], change: dict[str, Any], state: str
) -> None:
    offer.update(change)
    assert 'data-testid="offer-row"' in console.get(f"/console/partners/offers/?state={state}").text
    other = "draft" if state != "draft" else "live"
    assert "dans cet état" in console.get(f"/console/partners/offers/?state={other}").text


def test_an_unknown_offer_is_not_found(console: Client) -> None:
    assert console.get(f"/console/partners/offers/{uuid.uuid4()}/").status_code == 404
