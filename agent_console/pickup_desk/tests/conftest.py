"""Agents of each kind, signed in, over the pickups' own fixtures."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.pickups.tests.conftest import (  # noqa: F401 - fixtures
    agent,
    aix,
    book,
    make_slot,
    pickups,
    slot,
)

OPERATOR = ("pickups.view_booking", "pickups.change_booking", "pickups.run_crew")
SUPERVISOR = (*OPERATOR, "pickups.manage_pickups")


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(make_user: Callable[..., User], pickups: None) -> Client:  # noqa: F811
    """An operator's browser."""
    client = Client()
    client.force_login(make_user("operatrice", *OPERATOR))
    return client


@pytest.fixture
def chief(make_user: Callable[..., User], pickups: None) -> Client:  # noqa: F811
    """A supervisor's browser."""
    client = Client()
    client.force_login(make_user("superviseure", *SUPERVISOR))
    return client
