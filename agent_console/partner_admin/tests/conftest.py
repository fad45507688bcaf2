"""A supervisor who may do everything here, and a wallet in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from agent_console.partner_admin import access
from agent_console.places.services import communes_load
from agent_console.wallet import http as wallet_http

from .fake_wallet import AT, FakeWallet

ALL = (access.PARTNERS, access.OFFERS, access.DISPUTES, access.STATEMENTS, access.CASHIERS)
SIRET = "73282932000074"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWallet]:
    fake = FakeWallet()
    with fake.client() as client:
        monkeypatch.setattr(wallet_http, "client", lambda: client)
        yield fake


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("superviseuse", *ALL)


@pytest.fixture
def console(supervisor: User, client: Client, wallet: FakeWallet) -> Client:
    """A browser where the supervisor is signed in."""
    client.force_login(supervisor)
    return client


@pytest.fixture
def partner(wallet: FakeWallet) -> dict[str, Any]:
    """A partner whose agreement runs for a year."""
    made = wallet.add_partner(siret=SIRET, name="Piscine de Luminy")
    today = timezone.localdate()
    made["agreements"].append(
        {
            "id": "0191f7a0-0000-7000-8000-000000000001",
            "reference": "2026-CONV-042",
            "starts_on": (today - timedelta(days=10)).isoformat(),
            "ends_on": (today + timedelta(days=355)).isoformat(),
            "partner_id": made["id"],
            "actor": "0191f7a0-0000-7000-8000-0000000000aa",
            "created_at": AT,
        }
    )
    return made


@pytest.fixture
def offer(wallet: FakeWallet, partner: dict[str, Any], db: None) -> dict[str, Any]:
    """An offer at the catalogue."""
    communes_load()
    now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return wallet.add_offer(
        partner_id=partner["id"],
        actor="0191f7a0-0000-7000-8000-0000000000aa",
        title="Une entrée à la piscine",
        description="Une entrée pour une personne.",
        how_to_use="Présentez le bon à l’accueil.",
        price_points=60,
        reimbursement_cents=350,
        stock=100,
        per_wallet_limit=2,
        communes=["13055"],
        valid_from=(now - timedelta(days=1)).isoformat(),
        valid_until=(now + timedelta(days=90)).isoformat(),
        voucher_days=30,
        state="published",
    )


def hidden(html: str, name: str) -> str:
    """A hidden field's value in a page."""
    match = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert match, f"no hidden field {name}"
    return match[1]
