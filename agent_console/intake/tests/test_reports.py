"""A report's page and the decision on it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.reports.models import Report
from agent_console.reports.steps import report_reject, report_validate
from agent_console.reports.workflow import State


def address(report: Report, action: str = "") -> str:
    return f"/console/reports/{report.reference}/{action}"


def test_the_page_says_what_where_and_who_is_in_charge(console: Client, report: Report) -> None:
    page = console.get(address(report)).text
    for expected in (report.reference_display, "12 rue Paradis", "Voirie", "Un trou"):
        assert expected in page
    assert "Sa validation rapporte 10\u00a0points" in page


@pytest.mark.parametrize("reference", ["123456789", "abc", "000000000"])
def test_an_unknown_reference_is_not_found(console: Client, reference: str) -> None:
    response = console.get(f"/console/reports/{reference}/")
    assert response.status_code == 404
    assert "Page introuvable" in response.text


def test_validating_records_who_did_it_and_shows_it(
    console: Client, operator: User, report: Report
) -> None:
    response = console.post(address(report, "validate/"), follow=True)
    assert "est validé" in response.text
    assert "validate-report" not in response.text
    assert "par operatrice" in response.text
    report.refresh_from_db()
    assert report.state == State.QUALIFIED
    assert report.transitions.get(to_state=State.QUALIFIED).actor == operator


def test_validating_twice_changes_nothing_and_says_so(console: Client, report: Report) -> None:
    console.post(address(report, "validate/"))
    response = console.post(address(report, "validate/"), follow=True)
    assert "Rien n’a été changé" in response.text
    assert report.transitions.count() == 2


def test_rejecting_needs_a_reason(console: Client, report: Report) -> None:
    response = console.post(address(report, "reject/"), {"reason": "   "})
    assert response.status_code == 422
    assert "Indiquez le motif du rejet." in response.text
    assert "<title>Erreur" in response.text
    report.refresh_from_db()
    assert report.state == State.RECEIVED


def test_a_reason_that_is_too_long_is_kept_for_correction(console: Client, report: Report) -> None:
    response = console.post(address(report, "reject/"), {"reason": "a" * 301})
    assert response.status_code == 422
    assert "trop long" in response.text
    assert "a" * 301 in response.text


def test_rejecting_keeps_the_reason_in_the_history(console: Client, report: Report) -> None:
    reason = "Cette rue est privée."
    response = console.post(address(report, "reject/"), {"reason": reason}, follow=True)
    assert "n’est pas retenu" in response.text
    assert reason in response.text
    report.refresh_from_db()
    assert report.state == State.REJECTED


@pytest.mark.parametrize("action", ["validate/", "reject/"])
def test_a_decision_is_never_taken_by_a_link(console: Client, report: Report, action: str) -> None:
    assert console.get(address(report, action)).status_code == 405
    report.refresh_from_db()
    assert report.state == State.RECEIVED


def test_a_decision_without_the_form_token_is_refused(operator: User, report: Report) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(operator)
    assert strict.post(address(report, "validate/")).status_code == 403
    report.refresh_from_db()
    assert report.state == State.RECEIVED


def test_a_reason_being_typed_is_left_alone_until_a_colleague_decides(
    console: Client, operator: User, report: Report
) -> None:
    part = address(report, "decision/?seen=received")
    assert console.get(part).status_code == 204
    report_validate(report=report, actor=operator)
    response = console.get(part)
    assert "La décision est prise." in response.text
    assert "validate-report" not in response.text


def test_the_history_part_follows(console: Client, operator: User, report: Report) -> None:
    report_reject(report=report, actor=operator, reason="Doublon")
    assert "Doublon" in console.get(address(report, "history/")).text
