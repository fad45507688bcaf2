"""The open loop counts what is late, refused or cut as what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from statistics import mean

from ops.config import HOST

from .arrivals import Answered, Caller, moments, request_bytes


def test_arrivals_are_the_same_for_the_same_seed_and_of_the_rate_asked_for() -> None:
    at_s = moments(rate=100, seconds=60)
    assert at_s == moments(rate=100, seconds=60) == sorted(at_s)
    assert at_s != moments(rate=100, seconds=60, seed=8)
    assert 5700 < len(at_s) < 6300
    gaps = [later - earlier for earlier, later in pairwise(at_s)]
    assert 0.009 < mean(gaps) < 0.011


def test_what_failed_counts_as_the_whole_patience() -> None:
    answered = Answered(times_s=[0.010] * 98, errors={"500": 1, "timeout": 1}, seconds=1)
    assert (answered.ms(50), answered.ms(99), answered.error_count) == (10, 15_000, 2)


def test_answers_refusals_and_cut_lines_are_told_apart() -> None:
    answers: Iterator[bytes] = iter(
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
            b"",  # the line is cut, on the kept connection and on a new one
            b"",
        ]
    )

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            answer = next(answers)
            if not answer:
                break
            writer.write(answer)
        writer.close()

    async def scenario() -> Answered:
        server = await asyncio.start_server(serve, HOST, 0)
        caller = Caller(server.sockets[0].getsockname()[1])
        request = request_bytes("/", b"x", kind="text/plain", X_Said="yes")
        assert b"X-Said: yes\r\n\r\nx" in request
        answered = await caller.arrive([request] * 3, [0.0, 0.05, 0.1])
        caller.close()
        server.close()
        return answered

    answered = asyncio.run(scenario())
    assert len(answered.times_s) == 1
    assert answered.errors == {"503": 1, "ConnectionResetError": 1}
