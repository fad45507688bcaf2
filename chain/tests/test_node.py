"""How the node is started: reachable from this machine only, empty, and found on its platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.client import ChainClient
from chain.node import NodeNotInstalled, anvil_arguments, anvil_binary
from chain.testing import CHAIN_ID, TestNode


def test_the_node_starts_empty_and_without_accounts() -> None:
    fresh = TestNode()
    fresh.start()
    try:
        with fresh.client() as client:
            assert client.chain_id() == CHAIN_ID
            assert client.block_number() == 0
            assert _accounts(client) == []  # no funded account that anybody could use
    finally:
        fresh.kill()


def test_it_listens_on_the_loopback_interface_only() -> None:
    arguments = anvil_arguments(8545, CHAIN_ID)

    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"
    assert "--state" not in arguments
    assert "--block-time" not in arguments
    timed = anvil_arguments(8545, CHAIN_ID, block_time_s=1)
    assert timed[timed.index("--block-time") + 1] == "1"


def test_a_binary_that_is_not_there_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANVIL_BINARY", str(tmp_path / "none"))

    with pytest.raises(NodeNotInstalled, match="CHAIN_RPC_URL"):
        anvil_binary()


def _accounts(client: ChainClient) -> object:
    return client._one("eth_accounts", [])
