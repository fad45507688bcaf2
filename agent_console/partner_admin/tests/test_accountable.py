"""Money and files ask again who is there, and stand in the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.staff.models import Act, AuditEntry

from .conftest import hidden
from .fake_wallet import NOBODY, FakeWallet

pytestmark = pytest.mark.django_db
ROOT = "/console/partners/"


@pytest.fixture
def things(
    console: Client, wallet: FakeWallet, offer: dict[str, Any], partner: dict[str, Any]
) -> dict[str, str]:
    """The numbers of an offer, its partner, an open dispute and a statement."""
    return {
        "offer": offer["id"],
        "partner": partner["id"],
        "dispute": wallet.add_dispute(partner_id=partner["id"])["id"],
        "statement": wallet._close(partner["id"], {"until": "2026-11-01", "actor": NOBODY})["id"],
    }


def written(supervisor: User) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.order_by("pk")
    assert {entry.actor for entry in entries} <= {supervisor}
    return [(entry.act, entry.subject) for entry in entries]


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "{partner}/offers/new/"),
        ("post", "{partner}/offers/new/"),
        ("get", "offers/{offer}/edit/"),
        ("post", "offers/{offer}/edit/"),
        ("post", "offers/{offer}/state/"),
        ("post", "disputes/{dispute}/decision/"),
        ("post", "{partner}/statements/new/"),
        ("get", "statements/{statement}.csv"),
    ],
)
def test_who_is_there_is_asked_again(
    console: Client,
    supervisor: User,
    wallet: FakeWallet,
    things: dict[str, str],
    method: str,
    address: str,
) -> None:
    session = console.session
    session["confirmed_at"] = 0
    session.save()
    answer = getattr(console, method)(ROOT + address.format(**things))
    assert answer.status_code == 403
    assert "Confirmer que c’est vous" in answer.text
    assert (wallet.writes, written(supervisor)) == (0, [])


def test_terms_that_changed_are_written_down_once(
    console: Client, supervisor: User, wallet: FakeWallet, things: dict[str, str]
) -> None:
    page = f"{ROOT}offers/{things['offer']}/"
    form = {"key": hidden(console.get(page).text, "key"), "version": "1", "state": "withdrawn"}
    for _ in range(2):
        assert console.post(f"{page}state/", form).status_code == 302
    assert wallet.offers[things["offer"]]["state"] == "withdrawn"
    assert written(supervisor) == [(Act.OFFER, f"{things['offer']} v2")]


def test_what_the_wallet_refused_is_not_written_down(
    console: Client, supervisor: User, wallet: FakeWallet, things: dict[str, str]
) -> None:
    wallet.is_away = True
    form = {"key": NOBODY, "decision": "refund"}
    answer = console.post(f"{ROOT}disputes/{things['dispute']}/decision/", form)
    assert (answer.status_code, written(supervisor)) == (503, [])


def test_a_decision_is_written_down_once(
    console: Client, supervisor: User, things: dict[str, str]
) -> None:
    page = f"{ROOT}disputes/{things['dispute']}/"
    form = {"key": hidden(console.get(page).text, "key"), "decision": "refund"}
    for _ in range(2):
        console.post(f"{page}decision/", form)
    assert written(supervisor) == [(Act.DISPUTE, f"{things['dispute']} refund")]


def test_a_closed_period_and_its_file_are_written_down(
    console: Client, supervisor: User, wallet: FakeWallet, things: dict[str, str]
) -> None:
    page = f"{ROOT}{things['partner']}/statements/new/"
    today = timezone.localdate()
    form = {
        "key": hidden(console.get(page).text, "key"),
        "last_day": (today - timedelta(days=1)).isoformat(),
        "confirm": "1",
    }
    for _ in range(2):
        assert console.post(page, form).status_code == 302
    assert console.get(f"{ROOT}statements/{things['statement']}.csv").status_code == 200
    assert written(supervisor) == [
        (Act.PERIOD_CLOSED, f"{things['partner']} {today}"),
        (Act.FILE, f"{things['partner']} 2026-11-01"),
    ]
