"""What ends the other sessions of an account: at their next request, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from pytest_django import Settings

from agent_console.staff import epochs
from agent_console.staff.backends import LockingBackend
from agent_console.staff.second_factor import factor_remove

from .test_second_factor import CODE_PAGE, code_of, enrol, give_password, is_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(make_user: Callable[..., User], settings: Settings) -> User:
    settings.STAFF_SECOND_FACTOR = "required"
    return make_user("operatrice", "reports.view_report")


@pytest.fixture
def elsewhere() -> Client:
    return Client()


@pytest.fixture
def spare(elsewhere: Client, operator: User) -> list[str]:
    """The operator is signed in ``elsewhere`` by the second factor; their recovery codes."""
    codes = enrol(elsewhere, operator)
    assert is_in(elsewhere)
    return codes


def enter(operator: User, code: str) -> Client:
    browser = Client()
    give_password(browser, operator.username)
    browser.post(CODE_PAGE, {"code": code})
    assert is_in(browser)
    return browser


def test_a_second_factor_reset_ends_every_session_of_that_account_only(
    elsewhere: Client, spare: list[str], operator: User, make_user: Callable[..., User]
) -> None:
    colleague = make_user("voisine", "reports.view_report")
    beside = Client()
    enrol(beside, colleague)
    factor_remove(user=operator)
    assert (is_in(elsewhere), is_in(beside)) == (False, True)
    again = Client()
    enrol(again, operator)
    assert (is_in(again), is_in(elsewhere)) == (True, False)


def test_who_draws_fresh_codes_goes_on_and_the_others_end(
    elsewhere: Client, spare: list[str], operator: User
) -> None:
    here = enter(operator, spare[0])
    here.post(f"{CODE_PAGE}mine/", {"code": code_of(operator, later=1)})
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_who_enrols_by_choice_goes_on_and_sessions_without_it_end(
    operator: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "offered"
    here, other = Client(), Client()
    for browser in (here, other):
        give_password(browser)
    here.get(f"{CODE_PAGE}enrol/")
    assert here.post(f"{CODE_PAGE}enrol/", {"code": code_of(operator)}).status_code == 200
    assert (is_in(here), is_in(other)) == (True, False)


def _password(operator: User) -> None:
    operator.set_password("Un autre mot de passe 43")
    operator.save()


def _left(operator: User) -> None:
    operator.is_active = False
    operator.save()


@pytest.mark.parametrize("change", [_password, _left])
def test_a_changed_password_and_a_closed_account_end_every_session(
    elsewhere: Client, spare: list[str], operator: User, change: Callable[[User], None]
) -> None:
    change(operator)
    assert not is_in(elsewhere)


def test_the_number_comes_with_the_account(
    spare: list[str],
    operator: User,
    make_user: Callable[..., User],
    django_assert_num_queries: Any,
) -> None:
    never = make_user("voisine", "reports.view_report")
    changed, unchanged = (LockingBackend().get_user(one.pk) for one in (operator, never))
    assert changed is not None
    assert unchanged is not None
    session = SessionStore()
    session["of"] = "before"
    with django_assert_num_queries(0):
        assert epochs.is_past(session, changed)
        assert not epochs.is_past(session, unchanged)
