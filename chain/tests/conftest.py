"""A deployed contract on a real node, and a small driver to send to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chain.artifact import nudge_points
from chain.client import ChainClient, Receipt
from chain.codec import (
    BatchDone,
    Line,
    Operation,
    Role,
    batch_done,
    encode_batch,
    encode_call,
    encode_deployment,
    encode_grant,
)
from chain.config import contract_address
from chain.signer import KeySigner, Signer, UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode, mined, running_node

GAS = 16_000_000


@dataclass
class Contract:
    """The contract at ``address`` with a key for each role."""

    client: ChainClient
    address: str
    admin: Signer
    issuer: Signer
    redeemer: Signer

    def send(self, signer: Signer, data: bytes, *, to: str | None = None) -> Receipt:
        transaction = UnsignedTransaction(
            chain_id=CHAIN_ID,
            nonce=self.client.nonce(signer.address),
            gas=GAS,
            to=to or self.address,
            data=data,
        )
        signed = signer.sign(transaction)
        self.client.send_raw(signed.raw)
        return mined(self.client, signed.hash)

    def batch(self, operation: Operation, first: int, lines: list[Line]) -> BatchDone:
        signer = self.issuer if operation is Operation.MINT else self.redeemer
        receipt = self.send(signer, encode_batch(operation, first=first, lines=lines))
        assert receipt.succeeded
        done = batch_done(receipt.logs, contract=self.address)
        assert done is not None
        return done

    def balance(self, account: str) -> int:
        block = self.client.block_number()
        (points,) = self.client.balances(self.address, [account], block_number=block)
        return points

    def is_used(self, number: int) -> bool:
        data = encode_call("isUsed(uint256)", [number])
        return bool(int.from_bytes(self.client.call(self.address, data), "big"))


@pytest.fixture(scope="session")
def node() -> Iterator[TestNode]:
    with running_node() as running:
        yield running


@pytest.fixture(scope="session")
def client(node: TestNode) -> Iterator[ChainClient]:
    with node.client() as opened:
        yield opened


@pytest.fixture
def contract(client: ChainClient) -> Contract:
    """A contract of its own for each test."""
    return new_contract(client)


def new_contract(client: ChainClient) -> Contract:
    """Deploy one with its roles granted: fresh keys, hence a fresh address."""
    admin, issuer, redeemer = (_new_key() for _ in range(3))
    creation = UnsignedTransaction(
        chain_id=CHAIN_ID,
        nonce=0,
        gas=GAS,
        to=None,
        data=encode_deployment(nudge_points().bytecode, admin=admin.address),
    )
    signed = admin.sign(creation)
    client.send_raw(signed.raw)
    assert mined(client, signed.hash).succeeded
    address = contract_address(deployer=admin.address)
    deployed = Contract(client, address, admin, issuer, redeemer)
    for role, account in (
        (Role.ISSUER, issuer),
        (Role.REDEEMER, redeemer),
        (Role.PAUSER, admin),
    ):
        grant = deployed.send(admin, encode_grant(role, account=account.address))
        assert grant.succeeded
    return deployed


_keys = iter(range(1, 1_000_000))


def _new_key() -> KeySigner:
    return KeySigner(next(_keys).to_bytes(32, "big"))
