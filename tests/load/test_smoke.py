"""The measurements run, on little; what they measure is not judged here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .bench import SMOKE, run, write
from .test_figures import KEYS_OF_THE_REPORT

pytestmark = pytest.mark.long


def test_a_small_run_gives_every_figure(tmp_path: Path) -> None:
    figures = run(SMOKE, data_dir=tmp_path / "data")

    write(figures, tmp_path / "wallet.json")
    report = json.loads((tmp_path / "wallet.json").read_text())
    assert set(report) >= KEYS_OF_THE_REPORT
    assert all(report[key] > 0 for key in KEYS_OF_THE_REPORT)
    assert report["gas_per_reward_known"] < report["gas_per_reward_new"]
    assert not (tmp_path / "data").exists()
