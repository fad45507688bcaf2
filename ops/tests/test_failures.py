"""A run that fails says at its end what failed, wherever in the output that was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ops.failures import told

SUITE = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("no engine")

def test_good(): pass
def test_wrong(): assert 1 == 2, "one is not two"
def test_never_ran(broken): pass

@pytest.mark.parametrize("number", range({many}))
def test_many(number): assert not number
"""


def _report(folder: Path, *, many: int) -> Path:
    (folder / "test_sample.py").write_text(SUITE.format(many=many))
    report = folder / "report.xml"
    options = ("-q", "-p", "no:django", "-c", "/dev/null", "--rootdir", str(folder))
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", str(folder)],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return report


def test_each_failed_test_is_told_with_its_reason(tmp_path: Path) -> None:
    lines = told(_report(tmp_path, many=1))

    assert [line.split(": ", 1)[0] for line in lines] == [
        "test_sample.test_wrong",
        "test_sample.test_never_ran",
    ]
    assert "one is not two" in lines[0]
    assert "no engine" in lines[1]


def test_what_fails_everywhere_does_not_fill_the_screen(tmp_path: Path) -> None:
    lines = told(_report(tmp_path, many=30))

    assert len(lines) == 16
    assert lines[-1] == "and 16 more"


def test_a_run_that_was_killed_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "none.xml") == ["no report: the run did not come to its end"]
    (tmp_path / "torn.xml").write_text("<testsuites><testsuite")
    assert told(tmp_path / "torn.xml") == ["no report: the run did not come to its end"]
