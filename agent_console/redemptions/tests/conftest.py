"""A resident with points, an operator who serves them, and the wallet that both ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from agent_console.citizens.models import Resident
from agent_console.intake import access
from agent_console.redemptions.views.assisted import REDEEM
from agent_console.wallet import http
from agent_console.wallet.tests.fake_wallet import WALLET, FakeWallet


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWallet]:
    fake = FakeWallet()
    cache.clear()
    with fake.client() as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield fake
    cache.clear()


@pytest.fixture
def resident(db: None) -> Resident:
    return Resident.objects.create(wallet_id=WALLET)


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operatrice", access.VIEW_WALLETS, REDEEM)


@pytest.fixture
def console(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client
