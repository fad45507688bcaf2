"""The register of erasures: a file outside the database, so that a restored backup forgets again.

One line an erasure: the random numbers of the person's rows, of which nothing leads to anybody once
they are erased, and when.  It is written and flushed BEFORE the database commits: after a crash in
between, the line is taken up by the next replay, as the person asked.  Copy it away on its own
schedule, and never put an older copy in its place (``docs/privacy.md``).
"""

import json
import os
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def register_path() -> Path:
    """Where it is."""
    return Path(settings.ERASURE_REGISTER)


def register_add(*, resident_ids: Iterable[uuid.UUID]) -> None:
    """Write a line that outlives a crash of the machine.  Raises ``OSError``: nothing is erased."""
    path = register_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(
        {"at": timezone.now().isoformat(), "residents": sorted(str(one) for one in resident_ids)}
    )
    # One write of a short line to a file opened for appending: two processes don't mix theirs.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def register_residents(path: Path | None = None) -> frozenset[uuid.UUID]:
    """Every number that was erased.  A last line that a crash cut off is no line; any other one
    that can't be read raises ``ValueError``: better a stop than a forgotten erasure."""
    where = path or register_path()
    try:
        stat = where.stat()
    except FileNotFoundError:
        return frozenset()
    return _read(where, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, mtime_ns: int, size: int) -> frozenset[uuid.UUID]:
    *lines, cut_off = path.read_text(encoding="utf-8").split("\n")
    del cut_off  # empty, or a line without its end
    found = (json.loads(line)["residents"] for line in lines if line)
    return frozenset(uuid.UUID(one) for residents in found for one in residents)
