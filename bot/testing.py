"""For tests only: a server in a process of its own, awaited until it answers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot import project

_LOOK_AGAIN_S = 0.1
_END_WITHIN_S = 15


@contextmanager
def running_server(
    command: Sequence[str], *, url: str, environment: Mapping[str, str], log: Path, within_s: float
) -> Iterator[None]:
    """Start ``command``, wait until ``url``/healthz answers, and end the process afterwards.

    A process that ends early, or answers nothing in time, fails the test with its log: another
    process can't tell us of its first accepted connection, so it is asked again and again.
    """
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(command, cwd=project.ROOT, env=environment, stderr=stderr)
    try:
        deadline = time.monotonic() + within_s
        while not _answers(url):
            text = log.read_text(encoding="utf-8")
            assert process.poll() is None, text
            assert time.monotonic() < deadline, f"no answer in {within_s} s: {text}"
            time.sleep(_LOOK_AGAIN_S)
        yield
    finally:
        process.terminate()
        process.wait(timeout=_END_WITHIN_S)


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz", timeout=1)
    except httpx.TransportError:
        return False
    return True
