"""Copies of the one-machine node's whole state, over anvil's own calls.

Never anvil's state file: a torn one stops it from starting, and it loses receipted transactions on
kill -9. A copy taken here goes into an empty node only while it is marked, so that a wrong one is
taken out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from chain.client import ChainClient, ChainUnavailable

_TIMEOUT_S: Final = (2.0, 120.0)  # to connect, to answer: the copy of a million accounts is large


class NodeState:
    """The state of one anvil node; use it in ``with``. Methods raise ``ChainError`` kinds."""

    def __init__(self, rpc_url: str) -> None:
        self._client = ChainClient(rpc_url, timeout_s=_TIMEOUT_S)

    def __enter__(self) -> NodeState:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def can_be_copied(self) -> bool:
        """Whether the node is an anvil; Besu keeps its own state, and keeps it well."""
        return str(self._client.ask("web3_clientVersion", [])).startswith("anvil/")

    def dump(self) -> bytes:
        """Blocks, transactions, receipts, accounts, as anvil packs them (gzipped JSON)."""
        answer = str(self._client.ask("anvil_dumpState", []))
        try:
            return bytes.fromhex(answer.removeprefix("0x"))
        except ValueError as exc:
            raise ChainUnavailable("anvil_dumpState: no bytes") from exc

    @contextmanager
    def loaded(self, state: bytes) -> Iterator[Any]:
        """Put ``state`` into the node; it is taken out again when the block raises.

        What ``dump`` gave at another moment replaces what is there, so the node should be empty.
        """
        mark = self._client.ask("evm_snapshot", [])
        try:
            self._client.ask("anvil_loadState", ["0x" + state.hex()])
            yield
        except BaseException:
            self._client.ask("evm_revert", [mark])
            raise
