"""The measurements of consoles run, on little: nothing is lost; no time is judged here."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ops.config import PLATFORM_PYTHON, ROOT

pytestmark = pytest.mark.long

KEYS_OF_THE_REPORT = {
    "fanout_p50_ms",
    "fanout_p95_ms",
    "fanout_p99_ms",
    "naive_p95_ms",
    "pages_p95_ms",
    "faults_p95_ms",
}


def test_what_dies_in_the_middle_loses_and_repeats_nothing(tmp_path: Path) -> None:
    output = tmp_path / "console.json"
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.console", "--smoke"]
    done = subprocess.run(
        [*command, "--output", str(output)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    report = json.loads(output.read_text())
    assert all(report[key] > 0 for key in KEYS_OF_THE_REPORT)
    assert report["faults"] == 2
    assert (report["lost"], report["duplicated"], report["gaps"]) == (0, 0, 0)
    assert report["other_state"] == 0
    assert report["messages"] > 0
    assert report["comebacks"] > 0
