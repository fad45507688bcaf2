"""The audit trail ends by retention, and not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from agent_console.rights.retention import retention_apply
from agent_console.staff.models import AuditEntry


def test_an_entry_ends_after_a_year(make_user: Callable[..., User]) -> None:
    actor = make_user("operatrice")
    with connection.cursor() as cursor:  # nothing changes an entry: it is inserted that old
        cursor.executemany(
            "INSERT INTO staff_auditentry (actor_id, act, subject, at) VALUES (%s, 'file', %s, %s)",
            [(actor.pk, f"{days}", timezone.now() - timedelta(days=days)) for days in (364, 366)],
        )
    retention_apply()
    assert [one.subject for one in AuditEntry.objects.all()] == ["364"]
