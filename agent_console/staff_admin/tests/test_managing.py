"""Supervisors open, change and close colleagues’ accounts; never more than they may themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings

from agent_console.staff import accounts
from agent_console.staff.models import AccountChange, Act, AuditEntry, InitialPassword
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
PAGE = "/console/staff/"
MANAGE = ("staff.manage_accounts", "staff.manage_access", "reports.view_report")


def _group(name: str, *codes: str) -> Group:
    group = Group.objects.create(name=name)
    for code in codes:
        app, codename = code.split(".")
        group.permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return group


@pytest.fixture
def operators() -> Group:
    return _group("Opérateurs", "reports.view_report")


@pytest.fixture
def chiefs() -> Group:
    return _group("Cheffes", "reports.view_report", "nudges.correct_points")


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", *MANAGE)


@pytest.fixture
def desk(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def fields(operators: Group, **changed: Any) -> dict[str, Any]:
    return {
        "username": "P.Martin",
        "first_name": "Paule",
        "last_name": "Martin",
        "groups": [operators.pk],
        **changed,
    }


def opened(desk: Client, operators: Group) -> User:
    desk.post(f"{PAGE}new/", fields(operators))
    return User.objects.get(username="p.martin")


def test_an_account_is_opened_and_its_password_shown_once(
    desk: Client, operators: Group, supervisor: User
) -> None:
    answer = desk.post(f"{PAGE}new/", fields(operators))
    found = re.search(r'data-testid="initial-password">([^<]+)<', answer.text)
    assert found is not None
    user = User.objects.get(username="p.martin")
    assert user.check_password(found[1])
    assert user.has_perm("reports.view_report")
    assert InitialPassword.objects.get().issued_by == supervisor
    change = AccountChange.objects.get()
    assert (change.user, change.actor, change.before) == (user, supervisor, None)
    page = desk.get(f"{PAGE}{user.pk}/").text
    assert found[1] not in page
    assert "par nadia" in page
    again = desk.post(f"{PAGE}new/", fields(operators))
    assert again.status_code == 422
    assert "déjà pris" in again.text


def test_the_first_sign_in_chooses_another_password(
    desk: Client, operators: Group, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "offered"
    answer = desk.post(f"{PAGE}new/", fields(operators))
    password = re.search(r'data-testid="initial-password">([^<]+)<', answer.text)
    assert password is not None
    newcomer = Client()
    newcomer.post("/console/login/", {"username": "p.martin", "password": password[1]})
    assert newcomer.get("/console/").headers["Location"] == "/console/password/"


def test_a_change_says_from_what_to_what(desk: Client, operators: Group) -> None:
    field_team = _group("Équipes de terrain", "reports.view_report")
    user = opened(desk, operators)
    page = f"{PAGE}{user.pk}/"
    seen = accounts.seen_tag(user)
    body = {"first_name": "Paule", "last_name": "Roux", "groups": [field_team.pk], "seen": seen}
    assert desk.post(page, body).status_code == 302
    shown = desk.get(page).text
    assert "Martin → Roux" in shown
    assert "Opérateurs → Équipes de terrain" in shown
    stale = desk.post(page, body | {"last_name": "Blanc"})
    assert stale.status_code == 422
    assert "pendant que vous" in stale.text
    user.refresh_from_db()
    assert user.last_name == "Roux"


def test_a_closed_account_signs_in_no_more_and_is_opened_again(
    desk: Client, operators: Group
) -> None:
    user = opened(desk, operators)
    theirs = Client()
    theirs.force_login(user)
    for _ in range(2):  # a double click is one line of history
        desk.post(f"{PAGE}{user.pk}/close/", follow=True)
    assert theirs.get("/console/staff/").status_code == 302
    assert "p.martin" not in desk.get(PAGE).text
    assert "p.martin" in desk.get(f"{PAGE}?closed=1").text
    desk.post(f"{PAGE}{user.pk}/reopen/")
    user.refresh_from_db()
    assert user.is_active
    assert AccountChange.objects.count() == 3


def test_nobody_gives_or_changes_more_than_they_have(
    desk: Client, operators: Group, chiefs: Group, make_user: Callable[..., User], supervisor: User
) -> None:
    assert "Cheffes" not in desk.get(f"{PAGE}new/").text
    assert desk.post(f"{PAGE}new/", fields(operators, groups=[chiefs.pk])).status_code == 422
    chief = make_user("cheffe")
    chief.groups.add(chiefs)
    closed = make_user("ancienne")
    closed.groups.add(chiefs)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    root = User.objects.create_superuser("root")
    for one in (chief, closed, root, supervisor):
        for step in ("close/", "reopen/", "password/"):
            desk.post(f"{PAGE}{one.pk}/{step}")
        body = {"first_name": "X", "groups": [operators.pk], "seen": accounts.seen_tag(one)}
        assert desk.post(f"{PAGE}{one.pk}/", body).status_code == 422
    assert not AccountChange.objects.exists()
    assert not InitialPassword.objects.exists()


def test_one_person_does_not_hand_out_password_and_second_factor(
    desk: Client, operators: Group, supervisor: User
) -> None:
    user = opened(desk, operators)
    answer = desk.post(f"{PAGE}{user.pk}/second-factor/reset/", follow=True)
    assert "ne sont pas remis par la même" in answer.text
    InitialPassword.objects.all().delete()
    AuditEntry.objects.create(actor=supervisor, act=Act.FACTOR_RESET, colleague=user)
    assert "ne sont pas remis" in desk.post(f"{PAGE}{user.pk}/password/", follow=True).text
    assert not InitialPassword.objects.exists()


def test_a_forgotten_password_is_replaced(desk: Client, operators: Group) -> None:
    user = opened(desk, operators)
    InitialPassword.objects.all().delete()
    before = User.objects.get(pk=user.pk).password
    assert "initial-password" in desk.post(f"{PAGE}{user.pk}/password/").text
    assert User.objects.get(pk=user.pk).password != before
    assert InitialPassword.objects.get().user == user
    assert "nouveau mot de passe initial" in desk.get(f"{PAGE}{user.pk}/").text


def test_it_needs_the_permission_and_a_fresh_proof(
    client: Client, make_user: Callable[..., User], supervisor: User, operators: Group
) -> None:
    client.force_login(supervisor)
    session = client.session
    session["confirmed_at"] = 0
    session.save()
    assert client.post(f"{PAGE}new/", fields(operators)).status_code == 403
    client.force_login(make_user("agent", "staff.manage_access"))
    assert client.get(PAGE).status_code == 200
    assert "Nouveau compte" not in client.get(PAGE).text
    for path in ("new/", f"{supervisor.pk}/", f"{supervisor.pk}/close/"):
        ask = client.post if path.endswith("close/") else client.get
        assert ask(f"{PAGE}{path}").status_code == 403
    assert not User.objects.filter(username="p.martin").exists()


def test_the_history_cannot_be_rewritten(desk: Client, operators: Group) -> None:
    opened(desk, operators)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccountChange.objects.update(before=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccountChange.objects.all()._raw_delete("default")
    assert AccountChange.objects.count() == 1


def test_the_pages_break_no_rule(desk: Client, operators: Group, supervisor: User) -> None:
    user = opened(desk, operators)
    paths = ["", "new/", f"{user.pk}/", f"{supervisor.pk}/", "?closed=1"]
    pages = {}
    for number, path in enumerate(paths):
        answer = desk.get(f"{PAGE}{path}")
        policy = answer.headers["Content-Security-Policy"]
        pages[f"/{number}"] = RenderedPage(answer.text, policy)
    refused = desk.post(f"{PAGE}new/", {"first_name": ""})
    assert refused.status_code == 422
    pages["/refused"] = RenderedPage(refused.text, refused.headers["Content-Security-Policy"])
    shown = desk.post(f"{PAGE}{user.pk}/password/")
    pages["/password"] = RenderedPage(shown.text, shown.headers["Content-Security-Policy"])
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
