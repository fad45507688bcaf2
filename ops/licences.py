"""``docs/third-party-licences.md``: what we build on and under which terms, produced by a tool.

``python -m ops.licences`` rewrites it from the installed environments; ``--check`` fails when it
is out of date or when a package states no licence, or one that this project can't be used with.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .config import BOT_PYTHON, PLATFORM_PYTHON, ROOT

_PATH = ROOT / "docs" / "third-party-licences.md"
_REFUSED = ("UNKNOWN", "PROPRIETARY", "COMMERCIAL", "SSPL", "BUSL")
# Packages whose metadata states no licence: read in the LICENSE file that they ship.
_READ_BY_HAND = {"axe-playwright-python": "MIT License", "memorystream": "MIT"}


def main(arguments: list[str]) -> int:
    """Write or check the page; returns the exit status."""
    rows = [
        ("Platform (Python 3.12)", _python_packages(PLATFORM_PYTHON)),
        ("Dialogue engine (Python 3.10)", _python_packages(BOT_PYTHON)),
        ("Node (development chain node, contract compiler)", _node_packages()),
    ]
    doubtful = [
        f"{name}: {licence}"
        for _, packages in rows
        for name, _, licence in packages
        if any(word in licence.upper() for word in _REFUSED) or not licence.strip()
    ]
    if doubtful:
        print("licences to look at: " + "; ".join(doubtful), file=sys.stderr)
        return 1
    text = _page(rows)
    if "--check" in arguments:
        if not _PATH.exists() or _PATH.read_text(encoding="utf-8") != text:
            print(f"{_PATH.relative_to(ROOT)} is out of date: make licences", file=sys.stderr)
            return 1
        return 0
    _PATH.write_text(text, encoding="utf-8")
    print(f"wrote {_PATH.relative_to(ROOT)}")
    return 0


def _python_packages(python: Path) -> list[tuple[str, str, str]]:
    command = [str(PLATFORM_PYTHON.with_name("pip-licenses")), f"--python={python}"]
    command += ["--format=json", "--from=mixed", "--with-system"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    packages = [
        (row["Name"], row["Version"], _READ_BY_HAND.get(row["Name"], row["License"]))
        for row in json.loads(done.stdout)
    ]
    return sorted(packages, key=lambda row: row[0].lower())


def _node_packages() -> list[tuple[str, str, str]]:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    # A package in the place of another (package.json, "overrides") stands there under its own name.
    named = (
        (row.get("name") or path.rpartition("node_modules/")[2], row)
        for path, row in lock["packages"].items()
        if path
    )
    return sorted(
        {
            (name, row["version"], row.get("license") or _READ_BY_HAND.get(name, ""))
            for name, row in named
        }
    )


def _page(rows: list[tuple[str, list[tuple[str, str, str]]]]) -> str:
    lines = [
        "# Third-party licences",
        "",
        "Written by `make licences` from what is installed; `make check` compares it.",
    ]
    for title, packages in rows:
        lines += ["", f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [
            f"| {name} | {version} | {' '.join(licence.split())[:120]} |"
            for name, version, licence in packages
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
