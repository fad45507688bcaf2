"""Agents who may see everything, and browsers where they are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.intake import access

ALL = (*access.CONSOLE, access.VALIDATE_REPORTS, access.REJECT_REPORTS, access.VIEW_WALLETS)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operatrice", *ALL)


@pytest.fixture
def console(operator: User, client: Client) -> Client:
    """A browser where the operator is signed in."""
    client.force_login(operator)
    return client
