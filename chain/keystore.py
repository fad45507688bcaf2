"""Encrypted keystores (Web3 Secret Storage, version 3): the signer's keys on one machine.

One file a role, ``<role>.json``, mode 0600, in a folder of mode 0700; its password comes from the
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


def create(keys_dir: Path, role: ServiceRole, *, passphrase: str) -> ChecksumAddress:
    """Make a new random key and write its keystore; returns its address.

    Raises ``KeystoreError`` when the role has one already: a key is never overwritten. The file
    appears under its name complete and on disk, or not at all.
    """
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = _path(keys_dir, role)
    if final.exists():
        raise KeystoreError(f"{role} has a keystore already")
    account = Account.create()
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
    return to_checksum_address(account.address)


def address(keys_dir: Path, role: ServiceRole) -> ChecksumAddress | None:
    """The address of a role's keystore, read without its password; None where there is no file."""
    path = _path(keys_dir, role)
    if not path.exists():
        return None
    try:
        return to_checksum_address("0x" + json.loads(path.read_text(encoding="utf-8"))["address"])
    except (ValueError, KeyError, TypeError) as exc:
        raise KeystoreError(f"the keystore of {role} can't be read") from exc


def unlock(keys_dir: Path, role: ServiceRole, *, passphrase: str) -> KeySigner:
    """Decrypt a role's key (about a second, by design); raises ``KeystoreError``."""
    path = _path(keys_dir, role)
    try:
        key = Account.decrypt(path.read_text(encoding="utf-8"), passphrase)
    except FileNotFoundError as exc:
        raise KeystoreError(f"{role} has no keystore: run keys create") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise KeystoreError(f"the keystore of {role} can't be opened with its password") from exc
    return KeySigner(bytes(key))


def _path(keys_dir: Path, role: ServiceRole) -> Path:
    return keys_dir / f"{role.value}.json"
