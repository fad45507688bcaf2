"""The inbox."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.services import receive_message
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_validate


def test_empty_lists_say_what_will_appear(console: Client) -> None:
    page = console.get("/console/").text
    assert "Aucun signalement pour l’instant" in page
    assert "Aucune conversation pour l’instant" in page


def test_both_lists_show_what_came_in(console: Client, report: Report) -> None:
    page = console.get("/console/").text
    assert report.reference_display in page
    assert "Trou dans la chaussée" in page
    assert "12 rue Paradis" in page
    assert page.count('data-testid="report-row"') == 1
    assert page.count('data-testid="desk-row"') == 1


def test_reports_are_filtered_by_state(console: Client, operator: User, report: Report) -> None:
    assert report.reference in console.get("/console/?state=received").text
    assert report.reference not in console.get("/console/parts/reports/?state=qualified").text
    report_validate(report=report, actor=operator)
    assert report.reference in console.get("/console/parts/reports/?state=qualified").text
    assert report.reference in console.get("/console/?state=nonsense").text


def test_what_a_citizen_writes_is_escaped(console: Client, report: Report) -> None:
    report.address = "<script>alert(1)</script>"
    report.save(update_fields=["address"])
    assert "<script>alert" not in console.get("/console/").text


@pytest.mark.parametrize("path", ["/console/", "/console/login/"])
def test_nothing_is_inline_and_the_policy_is_strict(
    console: Client, report: Report, path: str
) -> None:
    response = console.get(path, follow=True)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on", response.text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", response.text))


def test_the_number_of_queries_does_not_grow_with_the_lists(
    console: Client, report: Report
) -> None:
    with CaptureQueriesContext(connection) as one_row:
        console.get("/console/")
    for number in range(5):
        contact_point = web_contact_open(token=web_token_new())
        message = receive_message(
            contact_point=contact_point, external_id=f"more:{number}", text="Un trou"
        )
        report_create(
            intake_key=f"more:{number}",
            intake=Intake(
                conversation=message.conversation,
                category_code="pothole",
                address="12 rue Paradis",
                commune="Marseille",
                place="",
                description="",
            ),
        )
    with CaptureQueriesContext(connection) as six_rows:
        page = console.get("/console/").text
    assert page.count('data-testid="report-row"') == 6
    assert len(six_rows) == len(one_row)
