"""A copy of the node's state: everything comes back, and a wrong copy leaves nothing behind."""

from __future__ import annotations

import os

import pytest

from chain.client import ChainRefused
from chain.node_state import NodeState
from chain.signer import KeySigner, UnsignedTransaction
from chain.testing import CHAIN_ID, mined, running_node

TO = "0x" + "cd" * 20


def test_blocks_and_receipts_come_back_in_an_empty_node() -> None:
    key = KeySigner(os.urandom(32))
    signed = key.sign(UnsignedTransaction(CHAIN_ID, 0, 50_000, TO, b""))
    with running_node() as node, node.client() as client, NodeState(node.rpc_url) as state:
        assert state.can_be_copied()
        client.send_raw(signed.raw)
        receipt = mined(client, signed.hash)
        copy = state.dump()
        node.kill()
        node.start()
        assert client.nonce(key.address) == 0

        with state.loaded(copy):
            pass

        assert client.nonce(key.address) == 1
        assert client.receipts([signed.hash]) == [receipt]
        after = key.sign(UnsignedTransaction(CHAIN_ID, 1, 50_000, TO, b""))
        client.send_raw(after.raw)
        assert mined(client, after.hash).succeeded


def test_what_was_found_wrong_is_taken_out_again() -> None:
    key = KeySigner(os.urandom(32))
    signed = key.sign(UnsignedTransaction(CHAIN_ID, 0, 50_000, TO, b""))
    with running_node() as node, node.client() as client, NodeState(node.rpc_url) as state:
        client.send_raw(signed.raw)
        mined(client, signed.hash)
        copy = state.dump()
        node.kill()
        node.start()

        with pytest.raises(AssertionError, match="not what it should be"), state.loaded(copy):
            raise AssertionError("not what it should be")
        assert (client.block_number(), client.nonce(key.address)) == (0, 0)

        with pytest.raises(ChainRefused), state.loaded(copy[: len(copy) // 2]):
            pytest.fail("a torn copy was taken")
        # As good as new: the same bytes are taken as they were at first.
        client.send_raw(signed.raw)
        assert mined(client, signed.hash).succeeded
