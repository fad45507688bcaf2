"""Wrong passwords lock an account to who gave them, for a while that is said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from agent_console.staff import locking

from .test_second_factor import PASSWORD

LOGIN = "/console/login/"


@pytest.fixture(autouse=True)
def _colleagues(make_user: Callable[..., User], settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "offered"
    make_user("operatrice", "reports.view_report")
    make_user("voisine", "reports.view_report")


def give(address: str, password: str, username: str = "operatrice", door: str = LOGIN) -> int:
    browser = Client(REMOTE_ADDR=address)
    return browser.post(door, {"username": username, "password": password}).status_code


def guess(address: str, *, door: str = LOGIN) -> list[int]:
    return [give(address, "faux", door=door) for _ in range(5)]


def test_the_fifth_wrong_password_closes_the_account_to_that_address_only() -> None:
    assert guess("192.0.2.1") == [200, 200, 200, 200, 429]
    assert give("192.0.2.1", PASSWORD) == 429
    assert give("192.0.2.1", PASSWORD, door="/partners/login/") == 429
    assert give("192.0.2.2", PASSWORD) == 302
    assert give("192.0.2.1", PASSWORD, username="voisine") == 302


def test_it_says_how_long_and_trying_on_makes_it_no_longer() -> None:
    guess("192.0.2.1")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=3, seconds=30))
    page = Client(REMOTE_ADDR="192.0.2.1").post(LOGIN, {"username": "operatrice", "password": "x"})
    assert "Réessayez dans 12&nbsp;minutes" in page.text
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert give("192.0.2.1", PASSWORD) == 302


def test_it_says_so_where_requests_are_asynchronous_too() -> None:
    send = async_to_sync(AsyncClient().post)
    asked = {"username": "operatrice", "password": "faux"}
    answers = [send(LOGIN, asked) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
    assert "Réessayez dans 15&nbsp;minutes" in answers[-1].content.decode()


def test_a_subscriber_is_one_client_whatever_address_of_theirs_is_used() -> None:
    for last in range(1, 6):
        give(f"2001:db8::{last}", "faux")
    assert give("2001:db8::6", PASSWORD) == 429
    assert give("2001:db8:0:1::6", PASSWORD) == 302


def test_nobodys_name_or_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        guess("192.0.2.77")
    assert "Locking out" in caplog.text
    assert "192.0.2.77" not in caplog.text
    assert "operatrice" not in caplog.text


def test_who_is_unlocked_may_sign_in_at_once() -> None:
    guess("192.0.2.1")
    assert locking.locked_names() == {"operatrice"}
    locking.unlock(username="operatrice")
    assert locking.locked_names() == set()
    assert give("192.0.2.1", PASSWORD) == 302
