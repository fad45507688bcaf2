"""Gas is deterministic, so its bounds are asserted."""

from __future__ import annotations

import hashlib

import pytest
from eth_utils.address import to_checksum_address

from chain.codec import MAX_LINES, Line, Operation, encode_batch
from chain.tests.conftest import Contract

MOST_FOR_A_NEW_RECIPIENT = 27_000
MOST_FOR_A_KNOWN_RECIPIENT = 9_500
POINTS = 10


@pytest.fixture
def people() -> list[str]:
    """Addresses as random as wallets have: a zero byte costs less."""
    return [
        to_checksum_address(hashlib.sha256(index.to_bytes(4, "big")).digest()[:20])
        for index in range(MAX_LINES)
    ]


def test_gas_of_a_reward(contract: Contract, people: list[str]) -> None:
    new = _gas_a_line(contract, Operation.MINT, 0, [Line(one, POINTS) for one in people])
    known = _gas_a_line(contract, Operation.MINT, MAX_LINES, [Line(one, POINTS) for one in people])

    assert new <= MOST_FOR_A_NEW_RECIPIENT
    assert known <= MOST_FOR_A_KNOWN_RECIPIENT


def test_gas_of_a_reward_when_a_batch_is_sent_again(contract: Contract, people: list[str]) -> None:
    """Skipping a used number is cheaper than using it, so a replay over a kept chain fits too."""
    lines = [Line(one, POINTS) for one in people]
    first = _gas_a_line(contract, Operation.MINT, 0, lines)

    assert _gas_a_line(contract, Operation.MINT, 0, lines) < first


def test_gas_of_a_voucher(contract: Contract, people: list[str]) -> None:
    """From citizens to a few partners who are known, then out at the end of their period."""
    partners = people[:3]
    for index in (0, 1):
        _gas_a_line(contract, Operation.MINT, index * 200, [Line(one, POINTS) for one in people])
    citizens = people[3:]
    moves = [Line(one, POINTS, partners[i % 3]) for i, one in enumerate(citizens)]

    moved = _gas_a_line(contract, Operation.MOVE, 400, moves)
    burnt = _gas_a_line(contract, Operation.BURN, 600, [Line(one, 1) for one in citizens])

    assert moved <= 2 * MOST_FOR_A_KNOWN_RECIPIENT
    assert burnt <= 2 * MOST_FOR_A_KNOWN_RECIPIENT


def _gas_a_line(contract: Contract, operation: Operation, first: int, lines: list[Line]) -> float:
    signer = contract.issuer if operation is Operation.MINT else contract.redeemer
    receipt = contract.send(signer, encode_batch(operation, first=first, lines=lines))
    assert receipt.succeeded
    print(f"{operation}: {receipt.gas_used / len(lines):,.0f} gas a line")
    return receipt.gas_used / len(lines)
