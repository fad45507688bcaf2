"""Advisory locks of the wallet's database: one relayer, one writer of the sequence, one sleeper.

They belong to a database session (or transaction) and vanish with it, so a killed process never
leaves one behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from django.db import connection

_CLASS: Final = 0x4D444D50  # "MDMP"; all locks of this module share it


class Lock(IntEnum):
    """Numbers within the class. ``ASLEEP`` is also written in ``migrations/0002_guards``."""

    RELAYER = 1
    SEQUENCE = 2
    ASLEEP = 3


def try_session_lock(lock: Lock) -> bool:
    """Take ``lock`` for this database session, or return False when another session has it."""
    return bool(_scalar("SELECT pg_try_advisory_lock(%s, %s)", lock))


def release_session_lock(lock: Lock) -> None:
    """Give ``lock`` back; harmless when the session does not hold it (PostgreSQL warns)."""
    _scalar("SELECT pg_advisory_unlock(%s, %s)", lock)


def lock_until_commit(lock: Lock) -> None:
    """Wait for ``lock`` and keep it until the current transaction ends.

    Raises ``django.db.OperationalError`` after the connection's ``lock_timeout``.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a transaction lock outside a transaction would be gone at once")
    _scalar("SELECT pg_advisory_xact_lock(%s, %s)", lock)


@contextmanager
def asleep() -> Iterator[bool]:
    """While open with True, the insertion of an intent sends a notification at its commit.

    False when a transaction that inserted intents is still open: look again shortly.
    """
    held = try_session_lock(Lock.ASLEEP)
    try:
        yield held
    finally:
        if held:
            release_session_lock(Lock.ASLEEP)


def _scalar(statement: str, lock: Lock) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_CLASS, int(lock)])
        row = cursor.fetchone()
    return row[0] if row else None
