"""Every address against every permission: what is not granted is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.intake import access
from agent_console.intake.tests.conftest import ALL
from agent_console.reports.models import Report

DECISIONS = [
    ("/console/reports/{reference}/validate/", access.VALIDATE_REPORTS),
    ("/console/reports/{reference}/reject/", access.REJECT_REPORTS),
]
# any one of the permissions opens the screen
SCREENS: list[tuple[str, str, set[str]]] = [
    ("get", "/console/", set(access.CONSOLE)),
    ("get", "/console/parts/conversations/", {access.VIEW_CONVERSATIONS}),
    ("get", "/console/parts/reports/", {access.VIEW_REPORTS}),
    ("get", "/console/conversations/{conversation}/", {access.VIEW_CONVERSATIONS}),
    ("get", "/console/conversations/{conversation}/timeline/", {access.VIEW_CONVERSATIONS}),
    ("get", "/console/conversations/{conversation}/citizen/", {access.VIEW_CONVERSATIONS}),
    ("get", "/console/reports/{reference}/", {access.VIEW_REPORTS}),
    ("get", "/console/reports/{reference}/history/", {access.VIEW_REPORTS}),
    ("get", "/console/reports/{reference}/decision/", {access.VIEW_REPORTS}),
    ("get", "/console/residents/{resident}/wallet/", {access.VIEW_WALLETS}),
]


@pytest.mark.parametrize(("method", "path", "opens"), SCREENS)
def test_a_screen_opens_with_its_permission_only(
    client: Client,
    make_user: Callable[..., User],
    report: Report,
    method: str,
    path: str,
    opens: set[str],
) -> None:
    address = path.format(
        conversation=report.conversation_id,
        reference=report.reference,
        resident=report.resident_id,
    )
    assert getattr(client, method)(address).status_code == 302  # to the sign-in form
    client.force_login(make_user("sans-droit", *(set(ALL) - opens)))
    refused = getattr(client, method)(address)
    assert refused.status_code == 403
    assert "Accès refusé" in refused.text
    for number, permission in enumerate(sorted(opens)):
        client.force_login(make_user(f"agent{number}", permission))
        assert getattr(client, method)(address).status_code == 200


@pytest.mark.parametrize(("path", "permission"), DECISIONS)
def test_deciding_needs_the_right_to_read_too(
    client: Client, make_user: Callable[..., User], report: Report, path: str, permission: str
) -> None:
    address = path.format(reference=report.reference)
    assert client.post(address).status_code == 302  # to the sign-in form
    client.force_login(make_user("decides", permission))
    refused = client.post(address)
    assert refused.status_code == 403
    assert "12 rue Paradis" not in refused.text
    client.force_login(make_user("reads", access.VIEW_REPORTS))
    assert client.post(address).status_code == 403
    client.force_login(make_user("both", permission, access.VIEW_REPORTS))
    assert client.post(address).status_code in (302, 422)


def test_a_list_that_one_may_not_read_is_not_on_the_page(
    client: Client, make_user: Callable[..., User], report: Report
) -> None:
    client.force_login(make_user("agent", access.VIEW_REPORTS))
    page = client.get("/console/").text
    assert 'data-testid="report-row"' in page
    assert 'data-testid="desk-row"' not in page


def test_a_reader_sees_no_decision_button(
    client: Client, make_user: Callable[..., User], report: Report
) -> None:
    client.force_login(make_user("agent", access.VIEW_REPORTS))
    page = client.get(f"/console/reports/{report.reference}/").text
    assert "validate-report" not in page
    assert "reject-report" not in page
    assert 'data-testid="wallet"' not in page
