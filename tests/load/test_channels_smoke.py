"""The measurements of channels run, on little and on the running system; no time is judged here."""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from pathlib import Path

import pytest

from tests.support.system import System

from .arrivals import request_bytes
from .channels import SMOKE, measure, write
from .channels_system import ChannelsSystem

pytestmark = pytest.mark.long

KEYS_OF_THE_REPORT = {
    "ack_p99_ms",
    "rasa_rest_p99_ms",
    "turn_p50_ms",
    "bare_turn_p50_ms",
    "webhooks_per_s",
    "kb_per_widget",
}


def test_a_small_run_gives_every_figure(system: System, tmp_path: Path) -> None:
    # A second Rasa takes most of a minute to load: here the hub stands in for its REST channel.
    def hub_turn(conversation: str, text: str) -> bytes:
        turn = {
            "conversation": conversation,
            "turn": str(uuid.uuid4()),
            "channel": "sms",
            "locale": "fr",
            "text": text,
        }
        return request_bytes(
            "/hub/turns",
            json.dumps(turn).encode(),
            kind="application/json",
            Authorization=f"Bearer {system.environment['RASA_TOKEN']}",
        )

    measured = ChannelsSystem(
        system.config, {**os.environ, **system.environment}, system.config.ports["RASA_PORT"]
    )
    figures = asyncio.run(measure(measured, SMOKE, bare=hub_turn))

    write(figures, tmp_path / "channels.json")
    report = json.loads((tmp_path / "channels.json").read_text())
    assert set(report) >= KEYS_OF_THE_REPORT
    # Few widgets may fit into what the console holds already.
    assert all(report[key] > 0 for key in KEYS_OF_THE_REPORT - {"kb_per_widget"})
    assert report["webhooks"] > 0
