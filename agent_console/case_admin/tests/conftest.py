"""Supervisors who may change settings, and a browser session for one of them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def supervisor(metropolis: None, make_user: Callable[..., User]) -> User:
    return make_user("nadia", "case_admin.change_settings", "reports.view_report")


@pytest.fixture
def console(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client
