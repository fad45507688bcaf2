"""Clients of the wallet's HTTP API: kept-alive connections, each client waits for its answer."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.config import HOST

_TIMEOUT_S = 30.0


@dataclass
class Client:
    """One connection. ``latencies_s`` of the calls so far."""

    port: int
    token: str
    latencies_s: list[float] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def call(
        self, method: str, path: str, body: object | None = None, *, key: str | None = None
    ) -> dict[str, Any]:
        """The answer's JSON; fails on any status that is not 2xx."""
        headers = {"Authorization": f"Bearer {self.token}"}
        payload = None
        if body is not None:
            payload = json.dumps(body)
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        start = time.monotonic()
        status, answer = self._exchange(method, path, payload, headers)
        self.latencies_s.append(time.monotonic() - start)
        assert 200 <= status < 300, f"{method} {path}: {status} {answer[:600]!r}"
        decoded: dict[str, Any] = json.loads(answer)
        return decoded

    def _exchange(
        self, method: str, path: str, payload: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(HOST, self.port, timeout=_TIMEOUT_S)
            try:
                self._connection.request(method, path, body=payload, headers=headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (ConnectionError, http.client.HTTPException):
                # The server closes what was idle; the key makes a second sending harmless.
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def run_together(works: Sequence[Callable[[], None]]) -> None:
    """Run each in a thread of its own until all have ended; raises the first failure."""
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as exc:  # told to whoever waits
            failures.append(exc)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def until(end: float, act: Callable[[], object]) -> Callable[[], None]:
    """A closed loop: act, wait for the answer, act again, until the moment ``end``."""

    def work() -> None:
        while time.monotonic() < end:
            act()

    return work
