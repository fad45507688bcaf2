"""The measurement of the wallboard runs, on little and on the running system; no time is judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from channels_config.sms.tests.twilio_double import TwilioDouble
from tests.support.providers import twilio_served
from tests.support.system import System

from .wallboard import measure, write

pytestmark = pytest.mark.long


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


def test_a_small_run_gives_every_figure(
    system: System, browser: Browser, twilio: TwilioDouble, tmp_path: Path
) -> None:
    figures = measure(system, browser, twilio, calls=3, messages=4)
    write(figures, tmp_path / "wallboard.json")
    report = json.loads((tmp_path / "wallboard.json").read_text())
    assert (report["calls"], report["messages"]) == (3, 4)
    assert 0 < report["shown_p50_ms"] <= report["shown_p95_ms"] <= report["shown_max_ms"]
