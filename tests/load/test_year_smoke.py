"""Every screen of a simulated year is asked for; how long it takes is not judged here."""

from __future__ import annotations

import re
import subprocess

import pytest

from ops.config import PLATFORM_PYTHON, ROOT

pytestmark = pytest.mark.long


def test_a_small_year_shows_every_screen() -> None:
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.year", "--reports", "400", "--requests", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    found = re.findall(r"^(\S.*?)\s+[\d.]+\s+[\d.]+\s+(\d+)$", done.stdout, re.M)
    sizes = {name: int(size) for name, size in found}
    assert len(sizes) >= 100
    assert "/console/analyses/effets/" in sizes  # which nothing but a link names
    assert sizes["inbox"] > sizes["inbox, late"] > 5_000
    assert sizes["API reports"] > 40_000
