"""``make bench-console``: consoles and widgets under load, written to ``build/bench/console.json``.

See ``docs/performance.md`` for what each figure is and how it is compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

from ops.config import ROOT

from . import console_pages
from .arrivals import PATIENCE_S, Caller, moments
from .bench import machine
from .console_system import ConsoleSystem, console_system
from .sockets import Clients

OUTPUT = ROOT / "build" / "bench" / "console.json"
DATA_DIR = ROOT / "build" / "bench" / "console"
_PER_TEXTER = 4  # texts of one number in a run: a flood is another thing
_SETTLED_S = 90.0  # a killed worker's jobs are taken up once its heartbeat has stopped
_PAUSE_S = 0.5
# Numbers of a run; ``like`` is the beginning of its texts.
_SAID = """
    SELECT conversation_id::text, seq, extract(epoch FROM created_at)::float, text
    FROM conversations_message WHERE text LIKE %s
"""
_LISTED = """
    SELECT id::text, 1, last_seq, changed_in FROM conversations_conversation
    WHERE id IN (SELECT conversation_id FROM conversations_message WHERE text LIKE %s)
"""
_GAPS = """
    SELECT count(*) FROM conversations_conversation c
    WHERE id IN (SELECT conversation_id FROM conversations_message WHERE text LIKE %s)
    AND last_seq <> (SELECT count(*) FROM conversations_message m WHERE m.conversation_id = c.id)
"""


@dataclass(frozen=True)
class Sizes:
    """How much of everything; about fifteen minutes on two cores."""

    consoles: int = 300
    widgets: int = 5000
    rate: float = 50.0
    seconds: float = 60.0
    warm_s: float = 10.0
    reports: int = 220_000
    requests: int = 40

    @property
    def texters(self) -> int:
        """Numbers for one run, whose half is texts."""
        return max(1, int(self.rate / 2 * max(self.seconds, self.warm_s) / _PER_TEXTER))


SMOKE = Sizes(consoles=4, widgets=12, rate=8.0, seconds=4.0, warm_s=1.0, reports=200, requests=2)


async def measure(system: ConsoleSystem, sizes: Sizes) -> dict[str, float]:
    """Every figure of the sockets."""
    figures = {"load_1m_at_start": os.getloadavg()[0]}
    with system.naive() as url:
        async with _clients(system, sizes, url, "/ws/naive/?rows=1") as (screens, _):
            say(f"the naive way: {sizes.consoles} consoles, {sizes.widgets} widgets")
            figures |= await _naive(system, sizes, screens)
    async with _clients(system, sizes, system.url, "/ws/console/?rows=1") as (screens, visitors):
        run = Run(system, sizes, screens, visitors)
        say("ours")
        await run.go(replace(sizes, seconds=sizes.warm_s), name="avant", number=0)
        done = await run.go(sizes, name="calme", number=1)
        figures |= {f"fanout_{name}": value for name, value in done.latencies().items()}
        figures |= {"messages": done.messages, "messages_per_s": done.messages / sizes.seconds}
        say("Valkey and the worker die")
        hurt = await run.go(sizes, name="panne", number=2, faults=True)
        figures |= {f"faults_{name}": value for name, value in hurt.latencies().items()}
        figures |= {"faults": len(_KILLED), "dropped_consoles": run.dropped}
        figures |= _summed(done.proof, hurt.proof)
    return figures


_KILLED = ("valkey", "worker")
_NAIVE = "naive"  # the group of console_naive.py, which can't be imported before its settings


@dataclass(frozen=True)
class Done:
    """What a run came to. ``proof``: lost, duplicated and the like, by the clients' own account."""

    messages: int
    times: Mapping[str, Any]
    proof: Mapping[str, float]

    def latencies(self) -> dict[str, float]:
        return {f"{name}_ms": value for name, value in self.times["ms"].items()}


class Run:
    """Messages from widgets and telephones, and the screens that show them."""

    def __init__(
        self, system: ConsoleSystem, sizes: Sizes, screens: Clients, visitors: Clients
    ) -> None:
        self._system, self._screens, self._visitors = system, screens, visitors
        self.dropped = max(1, sizes.consoles // 10)

    async def go(self, sizes: Sizes, *, name: str, number: int, faults: bool = False) -> Done:
        """One run: half of the messages from widgets, half by text, through the worker."""
        await self._screens.ask("forget")
        plan = {"name": name, "rate": sizes.rate / 2, "seconds": sizes.seconds}
        async with asyncio.TaskGroup() as group:
            group.create_task(self._visitors.ask("talk", plan))
            texts = group.create_task(self._texts(sizes, name, number * sizes.texters))
            if faults:
                group.create_task(self._break(sizes.seconds))
        settled = await self._visitors.ask("settle")
        stored = await self._taken_in(name, settled["said"] + texts.result())
        shown = await self._shown(name)
        messages = [(row[0], row[1], row[2]) for row in stored]
        times = await self._screens.ask("latencies", _asked(messages))
        distinct = len({row[3] for row in stored})
        missing = settled["said"] + texts.result() - distinct
        proof = {
            "lost": settled["lost"] + missing + shown["behind"],
            "duplicated": settled["duplicated"] + len(stored) - distinct,
            "gaps": settled["gaps"] + shown["backwards"] + await self._gaps(name),
            "other_state": shown["other_state"],
            "repeated_rows": shown["repeated"],
            "lists_fetched": shown["unlisted"],
            "comebacks": shown["comebacks"],
        }
        done = Done(len(stored), times, proof)
        say(f"{name}: {len(stored)} messages, {_told(done.latencies())}, {proof}")
        return done

    async def _texts(self, sizes: Sizes, name: str, first: int) -> int:
        """Text at random moments, each again until it is acknowledged, as a provider does."""
        at_s = moments(rate=sizes.rate / 2, seconds=sizes.seconds)
        caller, loop = Caller(self._system.port), asyncio.get_running_loop()
        people, start = self._system.people, loop.time()

        async def text(number: int) -> None:
            sender = (first + number % sizes.texters) % people.texter_count
            webhook = people.texters.webhook(sender, f"{name} sms {number}, on attend toujours")
            while True:
                try:
                    status, _ = await caller.call(webhook)
                except OSError:
                    status = 0
                if status == 200:
                    return
                await asyncio.sleep(_PAUSE_S)

        async with asyncio.TaskGroup() as group:
            for number, at in enumerate(at_s):
                await asyncio.sleep(max(0.0, start + at - loop.time()))
                group.create_task(text(number))
        caller.close()
        return len(at_s)

    async def _break(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 3)
        await asyncio.to_thread(self._system.kill, "valkey")
        await asyncio.sleep(seconds / 6)
        await self._screens.ask("drop", self.dropped)
        await asyncio.sleep(seconds / 6)
        await asyncio.to_thread(self._system.kill, "worker")

    async def _taken_in(self, name: str, count: int) -> list[Any]:
        """What is stored, once that is as much as was said or nothing more is to be expected."""
        deadline = time.monotonic() + _SETTLED_S
        while True:
            stored = await self._query(_SAID, name)
            if len({row[3] for row in stored}) >= count or time.monotonic() > deadline:
                return stored
            await asyncio.sleep(_PAUSE_S)

    async def _shown(self, name: str) -> dict[str, int]:
        """How the screens differ from the database, once they don't or it is too late."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            truth = {row[0]: row[1:] for row in await self._query(_LISTED, name)}
            shown: dict[str, int] = await self._screens.ask("compare", truth)
            same = not (shown["behind"] or shown["other_state"])
            if same or time.monotonic() > deadline:
                return shown
            await asyncio.sleep(_PAUSE_S)

    async def _gaps(self, name: str) -> int:
        return int((await self._query(_GAPS, name))[0][0])

    async def _query(self, statement: str, name: str) -> list[Any]:
        def ask() -> list[Any]:
            with self._system.bench.superuser("mdmp_console") as connection:
                return connection.execute(statement, [f"{name} %"]).fetchall()

        return await asyncio.to_thread(ask)


async def _naive(system: ConsoleSystem, sizes: Sizes, screens: Clients) -> dict[str, float]:
    """As many messages in as much time, each told to all by one ``group_send``, none stored."""
    layer = RedisPubSubChannelLayer(hosts=[system.bench.environment["VALKEY_URL"]], prefix="mdmp")
    row = await asyncio.to_thread(system.row)
    loop = asyncio.get_running_loop()
    start, messages = loop.time(), list[tuple[str, int, float]]()
    for number, at in enumerate(moments(rate=sizes.rate, seconds=sizes.seconds)):
        await asyncio.sleep(max(0.0, start + at - loop.time()))
        messages.append((str(number), 1, time.time()))
        told = row | {"id": str(number), "seq": 1, "changed": 1}
        await layer.group_send(_NAIVE, {"type": "naive.row", "row": told})
    deadline = loop.time() + PATIENCE_S
    while True:
        times = await screens.ask("latencies", _asked(messages))
        if not times["missing"] or loop.time() > deadline:
            break
        await asyncio.sleep(_PAUSE_S)
    await layer.flush()
    found = {f"naive_{name}_ms": value for name, value in times["ms"].items()}
    say(f"naive: {_told(found)}, {times['missing']} of {times['count']} not there")
    return found | {"naive_missing": times["missing"]}


@asynccontextmanager
async def _clients(
    system: ConsoleSystem, sizes: Sizes, url: str, path: str
) -> AsyncIterator[tuple[Clients, Clients]]:
    """Every console and every widget, open, in two processes of their own."""
    sockets = url.replace("http", "ws", 1)
    screens = await Clients.start("tests.load.console_screens", sockets + path, url)
    visitors = await Clients.start("tests.load.console_visitors", sockets + "/ws/chat/", url)
    try:
        opened = await visitors.ask("open", system.people.widgets)
        assert opened == sizes.widgets, opened
        opened = await screens.ask("open", system.people.consoles)
        assert opened == sizes.consoles, opened
        yield screens, visitors
    finally:
        await screens.end()
        await visitors.end()


def _asked(messages: list[tuple[str, int, float]]) -> dict[str, Any]:
    return {"messages": messages, "patience_ms": 1000 * PATIENCE_S}


def _summed(*proofs: Mapping[str, float]) -> dict[str, float]:
    """The last run's counts are of all runs where a client counts; what is lost is added up."""
    added = {name: sum(proof[name] for proof in proofs) for name in ("lost", "duplicated", "gaps")}
    return {**proofs[-1], **added}


def _told(times: Mapping[str, float]) -> str:
    return "p50 / p95 / p99 " + " / ".join(f"{value:.0f}" for value in times.values()) + " ms"


def say(text: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def write(figures: Mapping[str, float], path: Path = OUTPUT) -> None:
    """The figures and the machine, as one JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {name: round(value, 2) for name, value in figures.items()}
    about = {"machine": machine(), "measured_at": time.strftime("%FT%TZ", time.gmtime())}
    path.write_text(json.dumps(document | {"killed": _KILLED} | about, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-console", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a little of everything")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    for name in ("consoles", "widgets", "reports", "requests"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("rate", "seconds"):
        parser.add_argument(f"--{name}", type=float)
    options = vars(parser.parse_args())
    sizes, output = SMOKE if options.pop("smoke") else Sizes(), options.pop("output")
    sizes = replace(sizes, **{name: value for name, value in options.items() if value is not None})
    with console_system(
        DATA_DIR,
        reports=sizes.reports,
        consoles=sizes.consoles,
        widgets=sizes.widgets,
        texters=3 * sizes.texters,
    ) as system:
        figures = console_pages.measure(requests=sizes.requests)
        say(f"pages: p95 {figures['pages_p95_ms']:.0f} ms")
        figures |= asyncio.run(measure(system, sizes))
    given = {"consoles": sizes.consoles, "widgets": sizes.widgets, "reports": sizes.reports}
    write(figures | given | {"rate_per_s": sizes.rate, "seconds": sizes.seconds}, output)
    print("\n" + "\n".join(f"{name:<24} {value:>12,.1f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
