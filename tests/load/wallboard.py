"""How soon the wallboard shows a call, while calls and messages come in.

``python -m tests.load.wallboard --calls 40 --messages 80`` starts everything that ``make run``
starts, opens the wallboard in Chromium, and has callers come into the queue one after the other
and all stay.  Each changes "En attente" by one.  It prints the percentiles of the time from the
moment a caller's key is sent to the moment the page shows the number, and writes
``build/bench/wallboard.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from channels_config.sms.tests import twilio_double
from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.voice.tests.phone import Telephone
from ops.config import ROOT
from service_kit.browser import headless
from tests.support.chat import ChatClient
from tests.support.staff_page import staff_page
from tests.support.system import System
from tests.support.voice import telephone

from .bench import machine
from .channels_system import whole_system
from .figures import percentile

OUTPUT = ROOT / "build" / "bench" / "wallboard.json"
DATA_DIR = ROOT / "build" / "bench" / "channels"  # the trained model is shared
_AT_ONCE = 4  # callers and writers at the same time, of each
_OF_ONE = 8  # messages of one person: more at once are refused for a while
_SHOWN_WITHIN_MS = 60_000
# The time of the machine's one clock at which "En attente" first had each number.
_WATCH = """
() => {
  const wall = document.querySelector(".wall");
  const read = () => {
    const entry = [...wall.querySelectorAll("dt")].find((one) => one.textContent === "En attente");
    const count = Number(entry.nextElementSibling.textContent);
    if (!window.seen.some(([known]) => known >= count)) window.seen.push([count, Date.now()]);
  };
  window.seen = [];
  new MutationObserver(read).observe(wall, { childList: true, subtree: true });
  read();
  return window.seen[0][0];
}
"""


def measure(
    system: System, browser: Browser, twilio: TwilioDouble, *, calls: int, messages: int
) -> dict[str, float]:
    """Milliseconds from the key to the wall, and how much came in meanwhile; the calls end."""
    page = staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD")
    page.goto("/console/mur/")
    before = int(page.evaluate(_WATCH))
    phones = [telephone(system, twilio) for _ in range(calls)]
    began = time.monotonic()
    with ThreadPoolExecutor(2 * _AT_ONCE) as pool:
        writers = [pool.submit(_write, system, messages // _AT_ONCE) for _ in range(_AT_ONCE)]
        keys = list(pool.map(_queue_up, phones))
        expect(page.locator(".wall dt:text-is('En attente') + dd")).to_have_text(
            str(before + calls), timeout=_SHOWN_WITHIN_MS
        )
        seconds = time.monotonic() - began
        answered = sum(one.result() for one in writers)
        seen = page.evaluate("() => window.seen")
        list(pool.map(Telephone.hang_up, phones))
    page.context.close()
    times = _until_shown(sorted(keys), seen, before)
    return {
        "calls": calls,
        "messages": answered,
        "seconds": seconds,
        "shown_p50_ms": percentile(times, 50),
        "shown_p95_ms": percentile(times, 95),
        "shown_max_ms": max(times),
    }


def _until_shown(keys: Sequence[float], seen: Sequence[Sequence[int]], before: int) -> list[float]:
    """Of the n-th key (seconds), until the wall first showed n callers more, or still more."""
    return [
        min(at for count, at in seen if count >= before + number) - 1000 * key
        for number, key in enumerate(keys, start=1)
    ]


def _queue_up(phone: Telephone) -> float:
    """Call and ask for a person; when the key was sent."""
    phone.dial()
    sent_at = time.time()
    phone.press("0")
    assert phone.is_waiting, phone.heard
    return sent_at


def _write(system: System, count: int) -> int:
    """Say that much to the assistant on the web, each after the answer to the one before."""
    for begin in range(0, count, _OF_ONE):
        client = ChatClient(system.chat_url, system.console_url)
        try:
            for _ in range(min(_OF_ONE, count - begin)):
                known = max(client.messages, default=0)
                client.say("bonjour")
                client.await_message(_answers_after(known))
        finally:
            client.close()
    return count


def _answers_after(seq: int) -> Callable[[dict[str, Any]], bool]:
    return lambda message: message["author"] == "bot" and message["seq"] > seq


def write(figures: Mapping[str, float], path: Path = OUTPUT) -> None:
    """The figures and the machine, as one JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {name: round(value, 1) for name, value in figures.items()}
    about = {"machine": machine(), "measured_at": time.strftime("%FT%TZ", time.gmtime())}
    path.write_text(json.dumps(document | about, indent=2) + "\n")


@contextmanager
def _carrier(environment: Mapping[str, str]) -> Iterator[TwilioDouble]:
    double = TwilioDouble(
        port=urlsplit(environment["TWILIO_API_BASE_URL"]).port or 0,
        account=environment["TWILIO_ACCOUNT_SID"],
        token=environment["TWILIO_AUTH_TOKEN"],
    )
    yield from twilio_double.serve(double)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.wallboard", description=__doc__)
    parser.add_argument("--calls", type=int, default=40, help="callers who come into the queue")
    parser.add_argument("--messages", type=int, default=80, help="said to the assistant meanwhile")
    options = parser.parse_args()
    with (
        whole_system(DATA_DIR, with_rest=False) as started,
        _carrier(started.environment) as twilio,
    ):
        system = System(started.config, dict(started.environment))
        with headless() as browser:
            figures = measure(
                system, browser, twilio, calls=options.calls, messages=options.messages
            )
    write(figures)
    print("\n" + "\n".join(f"{name:<16} {value:>10,.0f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
