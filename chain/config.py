"""Chain id, node address and key folder: the one place that reads them from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from eth_typing import ChecksumAddress
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

DEFAULT_PORT: Final = 8545
DEFAULT_CHAIN_ID: Final = 13055
"""Part of every signature (EIP-155): a transaction of this chain is worth nothing on another."""


class ChainConfigError(Exception):
    """A chain setting is missing or can't be right; the message names it."""


@dataclass(frozen=True)
class ChainConfig:
    """``rpc_url``: JSON-RPC over HTTP; ``keys_dir``: encrypted keystores, mode 0700.

    ``signer_url``: a remote signer that holds the keys instead; empty for keystores.
    ``signer_addresses``: role → address of the keys in it that the first deployment uses.
    ``checkpoint_dir``: where copies of the one-machine node's state are kept; None for none.
    """

    chain_id: int
    rpc_url: str
    keys_dir: Path
    signer_url: str = ""
    signer_addresses: Mapping[str, str] = field(default_factory=dict)
    checkpoint_dir: Path | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> ChainConfig:
        """Read CHAIN_ID, CHAIN_RPC_URL (or CHAIN_PORT), CHAIN_KEYS_DIR (or DATA_DIR),
        CHAIN_SIGNER_URL and CHAIN_ADDRESS_ADMIN, …_ISSUER, …_REDEEMER.

        Raises ``ChainConfigError``.
        """
        env = os.environ if environ is None else environ
        chain_id = _positive(env, "CHAIN_ID", DEFAULT_CHAIN_ID)
        port = _positive(env, "CHAIN_PORT", DEFAULT_PORT)
        rpc_url = env.get("CHAIN_RPC_URL") or f"http://127.0.0.1:{port}"
        if not rpc_url.startswith(("http://", "https://")):
            raise ChainConfigError("CHAIN_RPC_URL is not an http(s) URL")
        data_dir = Path(env.get("DATA_DIR") or "var")
        keys_dir = Path(env.get("CHAIN_KEYS_DIR") or data_dir / "keys")
        signer_url = env.get("CHAIN_SIGNER_URL") or ""
        if signer_url and not signer_url.startswith(("http://", "https://")):
            raise ChainConfigError("CHAIN_SIGNER_URL is not an http(s) URL")
        addresses = {
            role: _address(env, f"CHAIN_ADDRESS_{role.upper()}")
            for role in ("admin", "issuer", "redeemer")
            if env.get(f"CHAIN_ADDRESS_{role.upper()}")
        }
        checkpoint_dir = data_dir / "checkpoints"
        return cls(chain_id, rpc_url, keys_dir, signer_url, addresses, checkpoint_dir)


def _address(env: Mapping[str, str], name: str) -> ChecksumAddress:
    if not is_address(env[name]):
        raise ChainConfigError(f"{name} is not an address")
    return to_checksum_address(env[name])


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise ChainConfigError(f"{name}={text!r} is not a positive integer")
    return int(text)


def contract_address(*, deployer: str, nonce: int = 0) -> ChecksumAddress:
    """Where a contract lands that ``deployer`` creates with its transaction number ``nonce``.

    keccak256(rlp([deployer, nonce]))[12:] (Ethereum yellow paper, §7). The deployment is the
    deployer's first transaction, so the address is known before any node has seen it and is the
    same after every rebuild.
    """
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    if nonce == 0 or nonce > 0x7F:  # RLP: a byte below 0x80 stands for itself
        number = bytes([0x80 + len(number)]) + number
    payload = b"\x94" + bytes.fromhex(deployer.removeprefix("0x")) + number
    return to_checksum_address(keccak(bytes([0xC0 + len(payload)]) + payload)[12:])
