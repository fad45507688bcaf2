"""The wallets of erased people: a file beside the register, so that a restored wallet closes again.

One random number a line, sorted and without a moment: neither its order nor its lines say whose a
wallet was, and the register's numbers stand apart from it.  A number is written once its wallet is
closed; until then the errand knows it (``errands``).
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_console.wallet.closures import wallet_close

from .register import register_path


def wallets_path() -> Path:
    """Where it is."""
    return register_path().with_name("wallets.txt")


def wallets_named(path: Path | None = None) -> frozenset[uuid.UUID]:
    """Every wallet that was closed for good.  What can't be read raises ``ValueError``."""
    try:
        text = (path or wallets_path()).read_text(encoding="utf-8")
    except FileNotFoundError:
        return frozenset()
    return frozenset(uuid.UUID(line) for line in text.splitlines())


def wallets_add(wallet_id: uuid.UUID) -> None:
    """Name it once; the file is there whole, with it or without, whatever crashes.

    Raises ``OSError`` and ``ValueError``: to be done again.
    """
    path = wallets_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path.parent):
        named = wallets_named(path)
        if wallet_id in named:
            return
        lines = "".join(f"{one}\n" for one in sorted({*named, wallet_id}))
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(handle)
        fresh.replace(path)


def wallets_replay(*, wallet_ids: frozenset[uuid.UUID] | None = None) -> int:
    """Close again whatever an older backup of the wallet's database has opened: how many are named.

    One that is closed already is left as it is.  Raises ``WalletUnavailable``: to be done again.
    """
    named = wallets_named() if wallet_ids is None else wallet_ids
    for wallet_id in named:
        wallet_close(wallet_id=wallet_id)
    return len(named)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time, and the folder's own entry flushed at the end."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)
