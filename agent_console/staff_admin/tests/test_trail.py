"""Who looked at whom: written before it is shown, never changed, found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from agent_console.citizens.numbers import hidden
from agent_console.reports.models import Report
from agent_console.staff.auditing import audit, audit_look
from agent_console.staff.models import Act, AuditEntry
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

TRAIL = "/console/staff/audit/"


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    return make_user(
        "operatrice",
        "conversations.view_conversation",
        "reports.view_report",
        "citizens.manage_contacts",
        "rights.see_personal_data",
    )


@pytest.fixture
def supervisor(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user("superviseure", "staff.view_audit_trail"))
    return client


def acts() -> list[str]:
    return [str(one.act) for one in AuditEntry.objects.order_by("id")]


def aged(*, days: int) -> AuditEntry:
    """An entry that is that old; inserted so, because nothing changes one."""
    user = User.objects.get(username="operatrice")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO staff_auditentry (actor_id, act, subject, at) VALUES (%s, 'file', '', %s)"
            " RETURNING id",
            [user.pk, timezone.now() - timedelta(days=days)],
        )
        return AuditEntry.objects.get(pk=cursor.fetchone()[0])


def test_what_an_agent_opens_is_written_down_once_a_look(
    client: Client, operator: User, report: Report
) -> None:
    client.force_login(operator)
    talk = f"/console/conversations/{report.conversation_id}/"
    for path in (
        talk,
        f"{talk}timeline/",  # a part of the same look
        talk,
        f"/console/reports/{report.reference}/",
        f"/console/residents/{report.resident_id}/",
        f"/console/residents/{report.resident_id}/my-data/",
        f"/console/residents/{report.resident_id}/my-data.json",
    ):
        assert client.get(path).status_code == 200
    assert acts() == ["conversation", "report", "person", "personal_data", "copy"]
    assert {one.actor for one in AuditEntry.objects.all()} == {operator}
    assert {one.resident for one in AuditEntry.objects.all()} == {report.resident_id}


def test_a_refused_page_is_no_look(
    client: Client, make_user: Callable[..., User], report: Report
) -> None:
    client.force_login(make_user("sans-droit"))
    assert client.get(f"/console/conversations/{report.conversation_id}/").status_code == 403
    assert acts() == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET act = 'file'", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_it(operator: User, statement: str) -> None:
    audit(actor=operator, act=Act.FILE)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("staff_auditentry"))


def test_it_is_found_by_person_colleague_and_day(
    supervisor: Client, operator: User, report: Report, make_user: Callable[..., User]
) -> None:
    other = make_user("voisin")
    audit_look(
        actor=operator, act=Act.REPORT, subject=report.reference, resident_id=report.resident_id
    )
    audit(actor=other, act=Act.FILE, subject="releve")
    aged(days=3)
    day = timezone.localdate() - timedelta(days=3)
    asked: list[tuple[dict[str, str], int]] = [
        ({}, 3),
        ({"person": str(report.resident_id)}, 1),
        ({"agent": "operatrice"}, 2),
        ({"agent": "voisin", "person": str(report.resident_id)}, 0),
        ({"since": day.isoformat(), "until": day.isoformat()}, 1),
    ]
    for query, found in asked:
        page = supervisor.get(TRAIL, query).text
        assert page.count('data-testid="entry"') == found, query
    assert supervisor.get(TRAIL, {"person": "Dupont"}).status_code == 422


def test_it_is_read_page_by_page_to_the_end(supervisor: Client, operator: User) -> None:
    for number in range(120):
        audit(actor=operator, act=Act.FILE, subject=f"n{number}")
    address, read = f"{TRAIL}?agent=operatrice", []
    while address:
        page = supervisor.get(address).text
        read += re.findall(r"<code>(n\d+)</code>", page)
        onward = re.search(r'href="(\?[^"]+)">Plus anciens', page)
        address = f"{TRAIL}{onward[1].replace('&amp;', '&')}" if onward else ""
    assert read == [f"n{number}" for number in reversed(range(120))]


def test_it_needs_its_permission(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get(TRAIL).status_code == 403


def test_the_page_breaks_no_rule(supervisor: Client, operator: User) -> None:
    audit(actor=operator, act=Act.FILE, subject="x" * 64)
    answer = supervisor.get(TRAIL)
    shown = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, {TRAIL: shown})
        page = context.new_page()
        page.goto(f"{ORIGIN}{TRAIL}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("06 12 34 56 78", "06 •• •• •• 78"),
        ("+32 470 12 34 56", "+32 ••• •• •• 56"),
        ("0612345678", "••••••••78"),
        ("Mme Dupont", "••• ••••nt"),
        ("12", "12"),
    ],
)
def test_a_number_keeps_its_ends_only(text: str, shown: str) -> None:
    assert hidden(text) == shown
