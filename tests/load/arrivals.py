"""Requests that arrive when they arrive (an open loop), whether or not earlier ones are answered.

A request's time counts from the moment it was due, so that a server that makes everybody wait is
seen to.  Connections are kept alive, as providers keep theirs.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from ops.config import HOST

from .figures import percentile

PATIENCE_S = 15.0  # as long as Twilio waits for a webhook's answer
_CRLF2 = b"\r\n\r\n"


@dataclass
class Answered:
    """``times_s`` of what was answered with 2xx in time; ``errors``: everything else."""

    times_s: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def failed(self, why: str) -> None:
        self.errors[why] = self.errors.get(why, 0) + 1

    @property
    def error_count(self) -> int:
        return sum(self.errors.values())

    @property
    def per_s(self) -> float:
        return len(self.times_s) / self.seconds

    def ms(self, percent: float) -> float:
        """The percentile of all requests in ms; what failed counts as the whole patience."""
        return 1000 * percentile([*self.times_s, *[PATIENCE_S] * self.error_count], percent)


def request_bytes(path: str, body: bytes, *, kind: str, **headers: str) -> bytes:
    """A POST as it goes over the wire, made before the clock runs."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + _CRLF2 + body


def moments(*, rate: float, seconds: float, seed: int = 7) -> list[float]:
    """When requests arrive: at random, ``rate`` a second; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - the same arrivals for everybody
    at, found = 0.0, []
    while (at := at + draw.expovariate(rate)) < seconds:
        found.append(at)
    return found


class Caller:
    """Sends prepared requests to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.accepted = 0  # answered with 2xx, of all calls

    async def arrive(self, requests: Sequence[bytes], at_s: Sequence[float]) -> Answered:
        """Send ``requests[i]`` at the moment ``at_s[i]``; returns when all are answered or lost."""
        loop = asyncio.get_running_loop()
        answered, start = Answered(), loop.time() + 0.05
        async with asyncio.TaskGroup() as group:
            for request, moment in zip(requests, at_s, strict=True):
                await asyncio.sleep(max(0.0, start + moment - loop.time()))
                group.create_task(self._count(request, start + moment, answered))
        answered.seconds = loop.time() - start
        return answered

    async def _count(self, request: bytes, due: float, answered: Answered) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(due + PATIENCE_S):
                status, _ = await self.call(request)
        except TimeoutError:
            answered.failed("timeout")
        except OSError as error:
            answered.failed(type(error).__name__)
        else:
            if 200 <= status < 300:
                answered.times_s.append(loop.time() - due)
            else:
                answered.failed(str(status))

    async def call(self, request: bytes) -> tuple[int, bytes]:
        """One exchange: status and body. Raises ``OSError``."""
        while self._idle:
            reader, writer = self._idle.pop()
            try:
                return await self._exchange(reader, writer, request)
            except OSError:  # closed because it was idle: another one
                continue
        reader, writer = await asyncio.open_connection(HOST, self._port)
        return await self._exchange(reader, writer, request)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> tuple[int, bytes]:
        try:
            writer.write(request)
            head = await reader.readuntil(_CRLF2)
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            body = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError, StopIteration) as error:
            writer.close()
            raise ConnectionResetError from error
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        status = int(head[9:12])
        self.accepted += 200 <= status < 300
        return status, body

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()
