"""A cashier at a till, and the wallet they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.partners.access import CAPTURE_VOUCHERS
from agent_console.partners.models import Cashier
from agent_console.partners.services import cashier_create
from agent_console.wallet import http
from agent_console.wallet.tests.fake_wallet import PARTNER, FakeWallet


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWallet]:
    fake = FakeWallet()
    with fake.client() as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield fake


@pytest.fixture
def cashier(make_user: Callable[..., User]) -> Cashier:
    user = make_user("caissiere", CAPTURE_VOUCHERS)
    return cashier_create(
        user=user, partner_id=PARTNER, site="Accueil Busserine", resident=None, by=None
    )


@pytest.fixture
def till(cashier: Cashier, client: Client) -> Client:
    """A phone where the cashier is signed in."""
    client.force_login(cashier.user)
    return client
