"""Whoever writes totals holds one lock of the database until the commit."""

from django.db import connection

_LOCK = 0x616E616C  # ours among PostgreSQL's advisory locks


def totals_lock() -> None:
    """In the caller's transaction: two runs never count the same day side by side."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
