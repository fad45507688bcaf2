"""Sessions end, and money and exports ask again who is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.reports.models import Report
from agent_console.staff.models import Act, AuditEntry
from agent_console.staff.tests.test_second_factor import PASSWORD, code_of, enrol, is_in
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user("operatrice", "reports.view_report", "rights.see_personal_data")


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def turn_back(browser: Client, **seconds: int) -> None:
    """As if these moments of the session were that long ago."""
    session = browser.session
    for name, ago in seconds.items():
        session[name] = time.time() - ago
    session.save()


def test_a_session_ends_without_anybody(desk: Client) -> None:
    turn_back(desk, seen_at=3500)
    assert is_in(desk)  # somebody is there: the clock starts again
    turn_back(desk, seen_at=3700)
    assert desk.get("/console/").headers["Location"] == "/console/login/?next=/console/"


def test_a_page_that_refreshes_itself_is_nobody(desk: Client) -> None:
    turn_back(desk, seen_at=3500)
    before = desk.session["seen_at"]
    assert desk.get("/console/parts/reports/", headers={"HX-Request": "true"}).status_code == 200
    assert desk.session["seen_at"] == before


def test_a_session_ends_after_a_working_day_whatever_is_done(desk: Client) -> None:
    turn_back(desk, signed_in_at=36_001)
    assert not is_in(desk)


def copy_of(report: Report) -> str:
    return f"/console/residents/{report.resident_id}/my-data.json"


def test_a_copy_is_given_after_the_password_is_given_again(desk: Client, report: Report) -> None:
    path = copy_of(report)
    turn_back(desk, confirmed_at=901)
    asked = desk.get(path)
    assert (asked.status_code, AuditEntry.objects.count()) == (403, 0)
    assert "Confirmer que c’est vous" in asked.text
    sent = {"confirm_secret": "faux", "confirm_reads": "1"}
    assert "Ce n’est pas votre mot de passe." in unescape(desk.post(path, sent).text)
    assert AuditEntry.objects.count() == 0
    sent["confirm_secret"] = PASSWORD
    assert desk.post(path, sent).headers["Location"] == path
    assert desk.get(path).headers["Content-Type"].startswith("application/json")
    assert AuditEntry.objects.get().act == Act.COPY


def test_wrong_passwords_there_lock_the_account_too(desk: Client, report: Report) -> None:
    turn_back(desk, confirmed_at=901)
    sent = {"confirm_secret": "faux"}
    found = [desk.post(copy_of(report), sent).status_code for _ in range(5)]
    assert found == [403, 403, 403, 403, 429]


def test_who_has_a_second_factor_gives_a_code_and_nothing_typed_is_lost(
    client: Client, make_user: Callable[..., User], settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    chief = make_user("cheffe", "staff.manage_access")
    other = make_user("operatrice", "staff.manage_access")
    enrol(Client(), other)
    enrol(client, chief)
    path = f"/console/staff/{other.pk}/second-factor/reset/"
    turn_back(client, confirmed_at=901)
    asked = client.post(path, {"why": ["perdu", "<volé>"]})
    assert asked.status_code == 403
    assert '<input type="hidden" name="why" value="perdu">' in asked.text
    assert '<input type="hidden" name="why" value="&lt;volé&gt;">' in asked.text
    assert not AuditEntry.objects.exists()
    client.post(path, {"confirm_secret": PASSWORD})
    assert not AuditEntry.objects.exists()  # a password is not enough for who has more
    sent = {"confirm_secret": code_of(chief, later=1), "why": "perdu"}
    assert client.post(path, sent).headers["Location"] == "/console/staff/"
    assert AuditEntry.objects.get().act == Act.FACTOR_RESET


def test_the_page_breaks_no_rule(desk: Client, report: Report) -> None:
    turn_back(desk, confirmed_at=901)
    answer = desk.post(copy_of(report), {"confirm_secret": "faux"})
    shown = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, {"/confirm": shown})
        page = context.new_page()
        page.goto(f"{ORIGIN}/confirm")
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, contrast_only=True) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
