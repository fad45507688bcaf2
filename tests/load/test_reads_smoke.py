"""Every read is asked of few and of many reports; how long it takes is not judged here."""

from __future__ import annotations

import re
import subprocess

import pytest

from ops.config import PLATFORM_PYTHON, ROOT

pytestmark = pytest.mark.long


def test_a_small_run_asks_every_read_of_both() -> None:
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.reports_reads"]
    done = subprocess.run(
        [*command, "--few", "2000", "--many", "4000", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    lines = re.findall(r"^(\S.*?)\s+[\d.]+\s+[\d.]+\s+[\d.]+\s+(\d+)/(\d+)$", done.stdout, re.M)
    rows = {name: (int(few), int(many)) for name, few, many in lines}
    assert len(rows) >= 25
    assert rows["API all"] == (20, 20)
    assert rows["API box of everything"] == (20, 20)
    assert rows["API one report"] == (1, 1)
    assert rows["console inbox"] == (50, 50)
    assert sum(many > 0 for _, many in rows.values()) > 20  # the rarest may not be there
