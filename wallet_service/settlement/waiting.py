"""Waiting for an intent, a signal or a moment, whichever comes first, without polling for it."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType
from typing import Final

import psycopg
from django.db import connection

from chain.codec import MAX_LINES
from wallet_service.ledger.models import SettlementIntent

from .locks import asleep

CHANNEL: Final = "settlement_intents"
_WRITERS_OPEN_S: Final = 0.05
"""How soon to look again while a transaction that inserted intents has not committed."""


class StopSignal:
    """Set by SIGTERM or SIGINT (after ``listen``), or by ``set``; wakes whoever waits."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self.is_set = False

    def listen(self) -> None:
        """Let the process's signals set it. Main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def set(self) -> None:
        self.is_set = True
        os.write(self._write, b"x")

    def fileno(self) -> int:
        return self._read

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or at once when set."""
        select.select([self], [], [], seconds)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.set()


def subscribe() -> None:
    """Hear of new intents on Django's connection; forgotten when it closes."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


def intents_waiting() -> bool:
    """Whether an intent is committed and in no batch yet."""
    return SettlementIntent.objects.filter(batched=False).exists()


def batch_is_full() -> bool:
    """Whether at least one batch could be filled with the intents that wait."""
    waiting = SettlementIntent.objects.filter(batched=False).order_by("id")
    return waiting[MAX_LINES - 1 : MAX_LINES].exists()


def wait_for_intents(*, stop: StopSignal, seconds: float) -> None:
    """Return when an intent was committed, when ``stop`` is set, or after ``seconds``.

    ``seconds`` bounds how long a lost notification (a failed-over database) could go unnoticed.
    """
    with asleep() as notified:
        if not notified:
            stop.wait(_WRITERS_OPEN_S)
            return
        # Inserted before we slept, hence without a notification.
        if intents_waiting():
            return
        raw = _psycopg_connection()
        if _drain(raw):
            return
        select.select([raw.fileno(), stop.fileno()], [], [], seconds)
        _drain(raw)


def _drain(raw: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Take the notifications that have arrived; returns whether there were any."""
    return len(list(raw.notifies(timeout=0))) > 0


def _psycopg_connection() -> psycopg.Connection[tuple[object, ...]]:
    connection.ensure_connection()
    raw = connection.connection
    assert isinstance(raw, psycopg.Connection)
    return raw
