"""A supervisor who is signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.facilities.sorting.services import sorting_load


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", "facilities.import_facilities", "facilities.change_sorting")


@pytest.fixture
def console(client: Client, supervisor: User, metropolis: None) -> Client:
    """The console as a supervisor sees it, with the default rules."""
    sorting_load()
    client.force_login(supervisor)
    return client
