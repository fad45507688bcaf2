"""Each address opens to its permission and to no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.partner_admin import access
from agent_console.partners.models import Cashier

from .conftest import ALL
from .fake_wallet import NOBODY, FakeWallet

pytestmark = pytest.mark.django_db
EVERYONE = set(ALL)
PATHS = [
    ("get", "", EVERYONE),
    ("get", "new/", {access.PARTNERS}),
    ("get", "{partner}/", EVERYONE),
    ("get", "{partner}/edit/", {access.PARTNERS}),
    ("get", "{partner}/agreements/new/", {access.PARTNERS}),
    ("get", "{partner}/cashiers/new/", {access.CASHIERS}),
    ("get", "{partner}/offers/new/", {access.OFFERS}),
    ("get", "{partner}/statements/", {access.STATEMENTS}),
    ("get", "{partner}/statements/new/", {access.STATEMENTS}),
    ("get", "cashiers/{cashier}/", {access.CASHIERS}),
    ("post", "cashiers/{cashier}/enable/", {access.CASHIERS}),
    ("post", "cashiers/{cashier}/disable/", {access.CASHIERS}),
    ("post", "cashiers/{cashier}/password/", {access.CASHIERS}),
    ("get", "offers/", {access.OFFERS}),
    ("get", "offers/{offer}/", {access.OFFERS}),
    ("get", "offers/{offer}/edit/", {access.OFFERS}),
    ("post", "offers/{offer}/state/", {access.OFFERS}),
    ("get", "disputes/", {access.DISPUTES}),
    ("get", "disputes/new/", {access.DISPUTES}),
    ("get", "disputes/{dispute}/", {access.DISPUTES}),
    ("post", "disputes/{dispute}/decision/", {access.DISPUTES}),
    ("get", "statements/{statement}/", {access.STATEMENTS}),
    ("get", "statements/{statement}.csv", {access.STATEMENTS}),
]


@pytest.fixture
def things(wallet: FakeWallet, offer: dict[str, Any], partner: dict[str, Any]) -> dict[str, str]:
    user = User.objects.create_user("p.martin")
    cashier = Cashier.objects.create(user=user, partner_id=partner["id"], site="Accueil")
    return {
        "partner": partner["id"],
        "offer": offer["id"],
        "cashier": str(cashier.pk),
        "dispute": wallet.add_dispute(partner_id=partner["id"])["id"],
        "statement": wallet._close(partner["id"], {"until": "2026-11-01", "actor": NOBODY})["id"],
    }


@pytest.mark.parametrize(("method", "path", "opens"), PATHS)
def test_an_address_opens_to_its_permissions_alone(
    client: Client,
    make_user: Callable[..., User],
    things: dict[str, str],
    method: str,
    path: str,
    opens: set[str],
) -> None:
    address = f"/console/partners/{path.format(**things)}"
    assert getattr(client, method)(address).headers["Location"].startswith("/console/login/")
    client.force_login(make_user("sans-droit", *(set(ALL) - opens), "reports.view_report"))
    assert getattr(client, method)(address).status_code == 403
    for number, permission in enumerate(sorted(opens)):
        client.force_login(make_user(f"agent{number}", permission))
        assert getattr(client, method)(address).status_code in (200, 302, 422)


def test_a_link_changes_nothing(console: Client, things: dict[str, str]) -> None:
    for method, path, _ in PATHS:
        if method == "post":
            address = f"/console/partners/{path.format(**things)}"
            assert console.get(address).status_code == 405


def test_a_write_without_the_form_token_is_refused(supervisor: User, wallet: FakeWallet) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(supervisor)
    assert strict.post("/console/partners/new/", {}).status_code == 403


def test_the_menu_leads_here_for_those_who_may(
    client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user("agent", "reports.view_report"))
    assert 'href="/console/partners/"' not in client.get("/console/").text
    client.force_login(make_user("superviseuse", "reports.view_report", access.CASHIERS))
    assert 'href="/console/partners/"' in client.get("/console/").text


def test_a_page_shows_only_the_parts_that_one_may_read(
    client: Client, make_user: Callable[..., User], things: dict[str, str]
) -> None:
    client.force_login(make_user("agent", access.STATEMENTS))
    page = client.get(f"/console/partners/{things['partner']}/").text
    assert "Arrêter un relevé" in page
    for other in ("Créer une offre", "Créer un compte de caisse", "Ajouter une convention"):
        assert other not in page
