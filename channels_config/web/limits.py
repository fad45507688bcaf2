"""How fast one connection may speak, and how many pictures one visitor may send."""

from __future__ import annotations

import time
from collections.abc import Callable

from channels_config.kit.rates import Rate

UPLOADS = (Rate("web-photos-minute", "6/minute"), Rate("web-photos-day", "40/day"))


class TokenBucket:
    """Allows ``burst`` events at once, then ``per_second`` of them on average.

    Lives in the memory of one connection: it protects the process from one client that runs
    away, and needs no shared state.
    """

    def __init__(
        self, *, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._clock = clock
        self._tokens = self._burst
        self._at_s = clock()

    def take(self) -> bool:
        """True when one more event is allowed now."""
        now_s = self._clock()
        earned = (now_s - self._at_s) * self._per_second
        self._tokens = min(self._burst, self._tokens + earned)
        self._at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
