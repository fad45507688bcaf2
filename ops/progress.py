"""One line for each step, with what it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Numbers the steps of a run; ``total`` is how many there will be."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print the step's line when it ends, well or not; exceptions pass through."""
        self._done += 1
        prefix = f"[{self._done:2}/{self._total}] {title}"
        if sys.stdout.isatty():
            print(f"{prefix} …", end="\r", flush=True)
        started = time.monotonic()
        outcome = "failed"
        try:
            yield
            outcome = "ok"
        finally:
            print(f"{prefix}: {outcome} ({time.monotonic() - started:.1f} s)", flush=True)
