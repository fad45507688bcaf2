"""Waiting one's turn, without a row to lock."""

from django.db import connection


def lock_for_transaction(name: str) -> None:
    """Wait until no other transaction holds ``name``, and hold it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
