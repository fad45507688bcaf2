"""How the node's answers and its absence come back."""

from __future__ import annotations

import hashlib

import pytest

from chain.artifact import nudge_points
from chain.client import ChainClient, ChainRefused, ChainUnavailable, SendOutcome
from chain.codec import Line, Operation, encode_batch
from chain.signer import UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode
from chain.tests.conftest import Contract
from service_kit.ports import free_port


def test_a_node_that_is_away_is_unavailable() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with ChainClient(nobody) as client, pytest.raises(ChainUnavailable):
        client.block_number()


def test_a_node_that_comes_back_answers_the_same_client() -> None:
    node = TestNode()
    node.start()
    try:
        with node.client() as client:
            assert client.chain_id() == CHAIN_ID
            node.kill()
            with pytest.raises(ChainUnavailable):
                client.chain_id()
            node.start()
            assert client.chain_id() == CHAIN_ID
    finally:
        node.kill()


def test_sending_the_same_bytes_again_is_harmless(contract: Contract) -> None:
    data = encode_batch(Operation.MINT, first=0, lines=[Line(contract.admin.address, 1)])
    nonce = contract.client.nonce(contract.issuer.address)
    signed = contract.issuer.sign(
        UnsignedTransaction(CHAIN_ID, nonce, 1_000_000, contract.address, data)
    )

    first = contract.client.send_raw(signed.raw)
    again = contract.client.send_raw(signed.raw)

    assert first is SendOutcome.ACCEPTED
    assert again in (SendOutcome.KNOWN, SendOutcome.NONCE_USED)


def test_another_transaction_with_a_used_nonce_is_told_apart(contract: Contract) -> None:
    transaction = UnsignedTransaction(CHAIN_ID, 0, 1_000_000, contract.address, b"")

    outcome = contract.client.send_raw(contract.admin.sign(transaction).raw)

    assert outcome is SendOutcome.NONCE_USED


def test_what_the_node_refuses_says_so(client: ChainClient) -> None:
    with pytest.raises(ChainRefused):
        client.send_raw(b"not a transaction")


def test_the_code_at_the_address_is_the_artifacts(contract: Contract) -> None:
    code = contract.client.code(contract.address)

    assert hashlib.sha256(code).hexdigest() == nudge_points().runtime_sha256
    assert contract.client.version(contract.address) == "1.0.0"
