"""Encrypted keystores (Web3 Secret Storage, version 3): the signer's keys on one machine.

One file a key, mode 0600, in a folder of mode 0700: ``<role>.json`` for a role's first key,
``<role>-<address>.json`` for those that follow it in a rotation. The password comes from the
environment (``CHAIN_KEYSTORE_PASSWORD_<ROLE>``) and is never written next to it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from eth_account import Account
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from chain.signer import KeySigner, ServiceRole


class KeystoreError(Exception):
    """A keystore or its password is missing or wrong; the message names the role, no secret."""


def password(role: ServiceRole, environ: Mapping[str, str] | None = None) -> str:
    """The password of a role's keystore; raises ``KeystoreError`` when its variable is empty."""
    name = f"CHAIN_KEYSTORE_PASSWORD_{role.value.upper()}"
    value = (os.environ if environ is None else environ).get(name)
    if not value:
        raise KeystoreError(f"{name} is not set")
    return value


def create(
    keys_dir: Path, role: ServiceRole, *, passphrase: str, successor: bool = False
) -> ChecksumAddress:
    """Make a new random key and write its keystore; returns its address.

    Raises ``KeystoreError`` when the role has one already and no ``successor`` is asked for: a key
    is never overwritten. The file appears under its name complete and on disk, or not at all.
    """
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = Account.create()
    created = to_checksum_address(account.address)
    final = keys_dir / (f"{role.value}-{created}.json" if successor else f"{role.value}.json")
    if final.exists():
        raise KeystoreError(f"{role} has a keystore already")
    text = json.dumps(Account.encrypt(bytes(account.key), passphrase))
    draft = keys_dir / f".{role.value}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, final)  # fails when another process was first
    except FileExistsError as exc:
        raise KeystoreError(f"{role} has a keystore already") from exc
    finally:
        draft.unlink()
    return created


def address(keys_dir: Path, role: ServiceRole) -> ChecksumAddress | None:
    """The address of a role's first keystore, read without its password; None where there is none.

    Raises ``KeystoreError`` when the file is no keystore.
    """
    path = keys_dir / f"{role.value}.json"
    return _address_in(path, role) if path.exists() else None


def addresses(keys_dir: Path, role: ServiceRole) -> list[ChecksumAddress]:
    """The addresses of all keystores of a role, in no order that means anything."""
    return [_address_in(path, role) for path in _paths(keys_dir, role)]


def unlock(
    keys_dir: Path, role: ServiceRole, *, passphrase: str, address: str | None = None
) -> KeySigner:
    """Decrypt a role's key (about a second, by design): the first, or the one of ``address``.

    Raises ``KeystoreError``.
    """
    path = keys_dir / f"{role.value}.json"
    if address is not None:
        matching = [p for p in _paths(keys_dir, role) if _address_in(p, role) == address]
        if not matching:
            raise KeystoreError(f"no keystore of {role} holds the key of {address}")
        path = matching[0]
    try:
        key = Account.decrypt(path.read_text(encoding="utf-8"), passphrase)
    except FileNotFoundError as exc:
        raise KeystoreError(f"{role} has no keystore: run keys create") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise KeystoreError(f"the keystore of {role} can't be opened with its password") from exc
    return KeySigner(bytes(key))


def _paths(keys_dir: Path, role: ServiceRole) -> list[Path]:
    first = keys_dir / f"{role.value}.json"
    return [*([first] if first.exists() else []), *sorted(keys_dir.glob(f"{role.value}-0x*.json"))]


def _address_in(path: Path, role: ServiceRole) -> ChecksumAddress:
    try:
        return to_checksum_address("0x" + json.loads(path.read_text(encoding="utf-8"))["address"])
    except (ValueError, KeyError, TypeError) as exc:
        raise KeystoreError(f"the keystore of {role} can't be read") from exc
