"""``make bench-channels``: webhooks, turns and widgets, written to ``build/bench/channels.json``.

See ``docs/performance.md`` for what each figure is and how it is compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.config import PLATFORM_PYTHON, ROOT

from .arrivals import PATIENCE_S, Answered, Caller, moments, request_bytes
from .bench import machine
from .channels_system import ChannelsSystem, whole_system
from .figures import percentile
from .texters import SAID, Carrier, Texters, carrier_at

OUTPUT = ROOT / "build" / "bench" / "channels.json"
DATA_DIR = ROOT / "build" / "bench" / "channels"
_PER_SENDER = 4  # texts of one sender in a run: a flood is another thing
_HELD_P99_MS = 1000.0
_ROUND_TRIP_S = 120.0
# What asks Rasa for one bare turn: (conversation, text) → the request.
type BareTurn = Callable[[str, str], bytes]


@dataclass(frozen=True)
class Sizes:
    """How much of everything; about eight minutes on two cores."""

    talks: int = 12
    rate: float = 100.0
    seconds: float = 60.0
    rates: tuple[float, ...] = (150.0, 200.0, 250.0, 300.0, 400.0, 500.0)
    step_s: float = 10.0
    widgets: int = 5000
    # A system that goes on: its console is not restarted, and every answer is waited for.
    goes_on: bool = False


SMOKE = Sizes(talks=1, rate=8.0, seconds=1.0, rates=(10.0,), step_s=0.5, widgets=40, goes_on=True)


def rest_turn(conversation: str, text: str) -> bytes:
    """A turn by Rasa's own REST channel."""
    body = json.dumps({"sender": conversation, "message": text}).encode()
    return request_bytes("/webhooks/rest/webhook", body, kind="application/json")


async def measure(system: ChannelsSystem, sizes: Sizes, *, bare: BareTurn) -> dict[str, float]:
    """Every figure; what is compared is asked the same, beside nothing else."""
    console, rasa = Caller(system.console_port), Caller(system.rasa_port)
    async with carrier_at(system.carrier_port) as carrier:
        # Senders of each run are others than those of the runs before.
        texters = iter(
            Texters(system.environment, first=first) for first in range(0, 1_000_000, 10_000)
        )
        figures = await _turns(console, rasa, carrier, next(texters), sizes, bare)
        say(f"turn {figures['turn_p50_ms']:.0f} ms, bare {figures['bare_turn_p50_ms']:.0f} ms")
        figures |= await _beside_rest(system, console, rasa, next(texters), sizes, bare)
        figures |= await _highest(console, texters, sizes, figures)
        if sizes.goes_on:  # each text has an answer at least
            await asyncio.wait_for(carrier.taken_in_all(console.accepted), _ROUND_TRIP_S)
    console.close()
    rasa.close()
    return figures | await _widgets(system, sizes)


async def _turns(
    console: Caller,
    rasa: Caller,
    carrier: Carrier,
    texters: Texters,
    sizes: Sizes,
    bare: BareTurn,
) -> dict[str, float]:
    """One conversation at a time, ours and bare Rasa's turn about: nobody else is there."""
    loop = asyncio.get_running_loop()
    ours: list[float] = []
    theirs: list[float] = []
    for talk in range(-1, sizes.talks):
        conversation = str(uuid.uuid4())
        for text in SAID:
            arrived = carrier.next_to(texters.phone(talk + 1))
            start = loop.time()
            status, _ = await console.call(texters.webhook(talk + 1, text))
            assert status == 200, status
            ended = await asyncio.wait_for(arrived, _ROUND_TRIP_S)
            began = loop.time()
            status, body = await rasa.call(bare(conversation, text))
            # Rasa's REST channel says 200 and nothing where a turn failed.
            assert text != SAID[0] or body != b"[]", "Rasa's own channel could not answer"
            assert status == 200, (status, body[:500])
            if talk >= 0:  # the first talk fills caches
                ours.append(1000 * (ended - start))
                theirs.append(1000 * (loop.time() - began))
    figures: dict[str, float] = {}
    for name, times in (("turn", ours), ("bare_turn", theirs)):
        figures |= {
            f"{name}_p50_ms": percentile(times, 50),
            f"{name}_p95_ms": percentile(times, 95),
        }
    return figures | {"turn_added_p50_ms": figures["turn_p50_ms"] - figures["bare_turn_p50_ms"]}


async def _beside_rest(
    system: ChannelsSystem,
    console: Caller,
    rasa: Caller,
    texters: Texters,
    sizes: Sizes,
    bare: BareTurn,
) -> dict[str, float]:
    """The same arrivals of the same texts: first at Rasa's REST channel, then at our webhook."""
    at_s = moments(rate=sizes.rate, seconds=sizes.seconds)
    people = [str(uuid.uuid4()) for _ in range(_senders(len(at_s)))]
    texts = [SAID[index % len(SAID)] for index in range(len(at_s))]
    theirs = await rasa.arrive(
        [bare(people[index % len(people)], text) for index, text in enumerate(texts)], at_s
    )
    say(f"REST: {_told(theirs)}")
    rasa.close()
    system.stop_rest()  # what it could not answer in time must not be in our way
    ours = await console.arrive(_webhooks(texters, texts), at_s)
    say(f"webhooks: {_told(ours)}")
    return {
        "rate_per_s": sizes.rate,
        "seconds": sizes.seconds,
        "webhooks": len(at_s),
        **{f"ack_p{percent}_ms": ours.ms(percent) for percent in (50, 95, 99)},
        "ack_errors": ours.error_count,
        **{f"rasa_rest_p{percent}_ms": theirs.ms(percent) for percent in (50, 95, 99)},
        "rasa_rest_errors": theirs.error_count,
    }


async def _highest(
    console: Caller, texters: Iterator[Texters], sizes: Sizes, figures: Mapping[str, float]
) -> dict[str, float]:
    """Faster and faster, until one is refused or late: the last rate that was held."""
    held = figures["rate_per_s"] if not figures["ack_errors"] else 0.0
    for rate in sizes.rates:
        at_s = moments(rate=rate, seconds=sizes.step_s)
        texts = [SAID[index % len(SAID)] for index in range(len(at_s))]
        answered = await console.arrive(_webhooks(next(texters), texts), at_s)
        say(f"{rate:.0f} a second: {_told(answered)}")
        if answered.error_count or answered.ms(99) > _HELD_P99_MS:
            break
        held = len(at_s) / sizes.step_s
    return {"webhooks_per_s": held}


async def _widgets(system: ChannelsSystem, sizes: Sizes) -> dict[str, float]:
    """One console process with that many widgets open, each in its conversation."""
    if not sizes.goes_on:
        await asyncio.to_thread(system.restart_console)
    sessions = await asyncio.to_thread(system.sessions, sizes.widgets)
    url = system.environment["CONSOLE_URL"]
    process = await asyncio.create_subprocess_exec(
        *(str(PLATFORM_PYTHON), "-m", "tests.load.widgets"),
        *(url.replace("http", "ws", 1) + "/ws/chat/", url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        before = system.console_bytes()
        process.stdin.write("\n".join([*sessions, "", ""]).encode())
        opened = (await process.stdout.readline()).decode().split()
        assert opened == ["open", str(sizes.widgets)], opened
        grown = system.console_bytes() - before
        process.stdin.write(b"ping\n")
        pings: list[float] = json.loads(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()
    say(f"{sizes.widgets} widgets: {grown / 2**20:.0f} MiB")
    return {
        "widgets": sizes.widgets,
        "kb_per_widget": grown / 1024 / sizes.widgets,
        "widget_ping_p99_ms": percentile(pings, 99),
    }


def _webhooks(texters: Texters, texts: list[str]) -> list[bytes]:
    senders = _senders(len(texts))
    return [texters.webhook(index % senders, text) for index, text in enumerate(texts)]


def _senders(messages: int) -> int:
    return max(1, messages // _PER_SENDER)


def _told(answered: Answered) -> str:
    times = " / ".join(f"{answered.ms(percent):.0f}" for percent in (50, 95, 99))
    return f"p50 / p95 / p99 {times} ms, errors {answered.errors or 'none'}"


def say(text: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def write(figures: Mapping[str, float], path: Path = OUTPUT) -> None:
    """The figures and the machine, as one JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {name: round(value, 2) for name, value in figures.items()}
    about = {"machine": machine(), "measured_at": time.strftime("%FT%TZ", time.gmtime())}
    path.write_text(json.dumps(document | {"patience_s": PATIENCE_S} | about, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-channels", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a little of everything")
    options = parser.parse_args()
    with whole_system(DATA_DIR) as system:
        sizes = SMOKE if options.smoke else Sizes()
        figures = asyncio.run(measure(system, sizes, bare=rest_turn))
    write(figures)
    print("\n" + "\n".join(f"{name:<24} {value:>12,.1f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
