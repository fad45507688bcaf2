"""The relayer's sign of life, a row that readiness checks and operators read."""

from __future__ import annotations

import time
from typing import Final

from django.db.models.functions import Now

from .domain import Problem, RelayerState
from .models import RelayerHeartbeat

_WRITE_EVERY_S: Final = 2.0


class Heartbeat:
    """Writes at most every ``_WRITE_EVERY_S`` seconds, and at once when something changes."""

    def __init__(self) -> None:
        self._written_at = 0.0
        self._last: tuple[RelayerState, Problem] | None = None

    def beat(self, state: RelayerState, problem: Problem = Problem.NONE) -> bool:
        """Say what the relayer does; returns True when it is something else than before."""
        said = (state, problem)
        changed = said != self._last
        now = time.monotonic()
        if changed or now - self._written_at >= _WRITE_EVERY_S:
            RelayerHeartbeat.objects.update_or_create(
                id=RelayerHeartbeat.SINGLETON,
                defaults={"beaten_at": Now(), "state": state, "problem": problem},
            )
            self._written_at = now
            self._last = said
        return changed
