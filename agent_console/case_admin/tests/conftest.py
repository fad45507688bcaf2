"""Supervisors who may change settings, and a browser session for one of them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.opening.loading import desk_hours_load

_RIGHTS = (
    "case_admin.change_settings",
    "opening.change_hours",
    "conversations.manage_desk",
    "reports.view_report",
)


@pytest.fixture
def supervisor(metropolis: None, make_user: Callable[..., User], settings: Settings) -> User:
    settings.HELP_DESK_HOURS = "8-18"
    desk_hours_load()
    return make_user("nadia", *_RIGHTS)


@pytest.fixture
def console(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client
