"""Arranges what Besu's key generator made into one folder a validator.

Besu's ``operator generate-blockchain-config`` writes ``genesis.json`` and ``keys/<address>/`` with
``key`` and ``key.pub``. A validator needs its key, the genesis, its peers, and who may send.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

P2P_PORT: Final = 30303
_PUBLIC_KEY_CHARS: Final = 128  # 64 bytes, uncompressed and without prefix


class NetworkError(Exception):
    """The generator's output is not what was expected, or the target is not empty."""


def arrange(*, generated: Path, target: Path, senders: Sequence[str]) -> list[str]:
    """Fill ``target/validator-<n>``, owner-readable only; returns the enode addresses in order.

    ``senders``: the accounts that may send transactions. Raises ``NetworkError``; never overwrites.
    """
    if target.exists() and any(target.iterdir()):
        raise NetworkError(f"{target} is not empty: the keys in it may be in use")
    genesis = generated / "genesis.json"
    key_files = sorted((generated / "keys").glob("*/key"))
    if not genesis.is_file() or len(key_files) < 4:
        raise NetworkError("expected genesis.json and at least four keys/<address>/key")
    nodes = [
        f"enode://{_public_key(file)}@validator-{number}:{P2P_PORT}"
        for number, file in enumerate(key_files, start=1)
    ]
    permissions = (
        f"nodes-allowlist={json.dumps(nodes)}\naccounts-allowlist={json.dumps([*senders])}\n"
    )
    for number, file in enumerate(key_files, start=1):
        folder = target / f"validator-{number}"
        folder.mkdir(mode=0o700, parents=True)
        peers = [node for index, node in enumerate(nodes, start=1) if index != number]
        _write(folder / "key", file.read_text(encoding="ascii"))
        _write(folder / "static-nodes.json", json.dumps(peers, indent=2))
        _write(folder / "permissions.toml", permissions)
        shutil.copyfile(genesis, folder / "genesis.json")
    return nodes


def _public_key(key_file: Path) -> str:
    text = key_file.with_name("key.pub").read_text(encoding="ascii").strip().removeprefix("0x")
    if len(text) != _PUBLIC_KEY_CHARS:
        raise NetworkError(f"{key_file.with_name('key.pub')} is not a public key")
    return text


def _write(path: Path, text: str) -> None:
    """Create with its mode from the start: a key is never readable by others, not even briefly."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
