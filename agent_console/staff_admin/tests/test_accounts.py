"""Supervisors unlock accounts and forget lost phones; both are written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.staff import second_factor
from agent_console.staff.models import Act, AuditEntry
from agent_console.staff.tests.test_locking import guess
from agent_console.staff.tests.test_second_factor import enrol
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

PAGE = "/console/staff/"


@pytest.fixture
def operator(make_user: Callable[..., User], settings: Settings) -> User:
    settings.STAFF_SECOND_FACTOR = "required"
    user = make_user("operatrice", "reports.view_report")
    enrol(Client(), user)
    return user


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("superviseure", "staff.manage_access", "reports.view_report")


@pytest.fixture
def desk(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def entries() -> list[tuple[str, str, str]]:
    return [
        (entry.actor.username, entry.act, entry.colleague.username if entry.colleague else "")
        for entry in AuditEntry.objects.all()
    ]


def test_a_locked_account_is_shown_and_unlocked(desk: Client, operator: User) -> None:
    guess("192.0.2.1")
    assert 'data-testid="locked"' in desk.get(PAGE).text
    desk.post(f"{PAGE}{operator.pk}/unlock/")
    assert 'data-testid="locked"' not in desk.get(PAGE).text
    assert entries() == [("superviseure", Act.UNLOCKED, "operatrice")]


def test_a_lost_phone_is_forgotten(desk: Client, operator: User) -> None:
    assert desk.post(f"{PAGE}{operator.pk}/second-factor/reset/").status_code == 302
    assert not second_factor.is_enrolled(operator)
    assert second_factor.recovery_codes_left(operator) == 0
    assert entries() == [("superviseure", Act.FACTOR_RESET, "operatrice")]


def test_nobody_weakens_who_may_do_more_nor_themselves(
    client: Client, make_user: Callable[..., User], supervisor: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    chief = make_user("cheffe", "staff.manage_access", "nudges.correct_points")
    enrol(Client(), chief)
    enrol(client, supervisor)
    for one in (chief, supervisor):
        assert client.post(f"{PAGE}{one.pk}/second-factor/reset/").status_code == 403
        assert second_factor.is_enrolled(one)
    assert entries() == []


@pytest.mark.parametrize("path", ["", "{pk}/unlock/", "{pk}/second-factor/reset/"])
def test_it_needs_the_permission(
    client: Client, operator: User, make_user: Callable[..., User], path: str
) -> None:
    client.force_login(make_user("agent", "reports.view_report"))
    ask = client.post if path else client.get
    assert ask(f"{PAGE}{path.format(pk=operator.pk)}").status_code == 403
    assert second_factor.is_enrolled(operator)


def test_the_page_breaks_no_rule(desk: Client, operator: User) -> None:
    guess("192.0.2.1")
    answer = desk.get(PAGE)
    shown = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, {PAGE: shown})
        page = context.new_page()
        page.goto(f"{ORIGIN}{PAGE}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
