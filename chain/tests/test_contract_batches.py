"""What batches do to balances: once and only once, and never a revert because of a line."""

from __future__ import annotations

import pytest

from chain.codec import (
    ZERO_ADDRESS,
    BatchDone,
    Line,
    Operation,
    encode_batch,
    encode_call,
    refused_numbers,
    transfers,
)
from chain.tests.conftest import Contract


def account(index: int) -> str:
    return f"0x{0xA11CE:x}{index:035x}"


def test_a_mint_gives_points_and_says_its_totals(contract: Contract) -> None:
    done = contract.batch(Operation.MINT, 0, [Line(account(1), 10), Line(account(2), 5)])

    assert done == BatchDone(Operation.MINT, first=0, count=2, applied=2, refused=0, points=15)
    assert (contract.balance(account(1)), contract.balance(account(2))) == (10, 5)
    assert contract.client.total_supply(contract.address) == 15


def test_the_same_numbers_again_change_nothing(contract: Contract) -> None:
    lines = [Line(account(1), 10), Line(account(2), 5)]
    contract.batch(Operation.MINT, 0, lines)

    again = contract.batch(Operation.MINT, 0, lines)

    assert again == BatchDone(Operation.MINT, first=0, count=2, applied=0, refused=0, points=0)
    assert contract.balance(account(1)) == 10


def test_a_batch_that_overlaps_applies_only_its_new_numbers(contract: Contract) -> None:
    contract.batch(Operation.MINT, 254, [Line(account(1), 1), Line(account(1), 2)])

    # Numbers 255 (used), 256 and 257: the bits of two storage slots.
    done = contract.batch(
        Operation.MINT, 255, [Line(account(1), 100), Line(account(1), 4), Line(account(1), 8)]
    )

    assert (done.applied, done.points) == (2, 12)
    assert contract.balance(account(1)) == 15
    used = [number for number in range(250, 262) if contract.is_used(number)]
    assert used == [254, 255, 256, 257]


def test_numbers_are_shared_by_the_operations(contract: Contract) -> None:
    contract.batch(Operation.MINT, 0, [Line(account(1), 10)])

    done = contract.batch(Operation.BURN, 0, [Line(account(1), 10)])

    assert done.applied == 0
    assert contract.balance(account(1)) == 10


def test_a_burn_takes_points_out_of_the_supply(contract: Contract) -> None:
    contract.batch(Operation.MINT, 0, [Line(account(1), 10)])

    done = contract.batch(Operation.BURN, 1, [Line(account(1), 4)])

    assert (done.applied, done.points) == (1, 4)
    assert contract.balance(account(1)) == 6
    assert contract.client.total_supply(contract.address) == 6


def test_a_move_keeps_the_supply(contract: Contract) -> None:
    contract.batch(Operation.MINT, 0, [Line(account(1), 10)])

    done = contract.batch(Operation.MOVE, 1, [Line(account(1), 7, account(2))])

    assert (done.applied, done.points) == (1, 7)
    assert (contract.balance(account(1)), contract.balance(account(2))) == (3, 7)
    assert contract.client.total_supply(contract.address) == 10


@pytest.mark.parametrize("operation", [Operation.MOVE, Operation.BURN])
def test_a_line_beyond_the_balance_is_refused_and_the_rest_goes_on(
    contract: Contract, operation: Operation
) -> None:
    contract.batch(Operation.MINT, 0, [Line(account(1), 10), Line(account(2), 10)])
    to = account(3) if operation is Operation.MOVE else None

    lines = [Line(account(1), 11, to), Line(account(2), 4, to)]
    receipt = contract.send(contract.redeemer, encode_batch(operation, first=2, lines=lines))

    assert receipt.succeeded
    assert refused_numbers(receipt.logs, contract=contract.address) == [2]
    assert [t.points for t in transfers(receipt.logs, contract=contract.address)] == [4]
    assert (contract.balance(account(1)), contract.balance(account(2))) == (10, 6)


def test_a_refused_number_stays_used(contract: Contract) -> None:
    refused = contract.batch(Operation.BURN, 0, [Line(account(1), 1)])
    contract.batch(Operation.MINT, 1, [Line(account(1), 1)])

    again = contract.batch(Operation.BURN, 0, [Line(account(1), 1)])

    assert (refused.refused, again.applied, again.refused) == (1, 0, 0)
    assert contract.balance(account(1)) == 1


@pytest.mark.parametrize(
    "word",
    [bytes(20) + (5).to_bytes(12, "big"), bytes.fromhex(account(1)[2:]) + bytes(12)],
    ids=["zero account", "zero points"],
)
def test_a_malformed_line_is_refused_without_a_revert(contract: Contract, word: bytes) -> None:
    # Our encoder never makes such lines; another one might.
    call = encode_call("mintBatch(uint64,bytes32[])", [0, [word]])
    receipt = contract.send(contract.issuer, call)

    assert receipt.succeeded
    assert refused_numbers(receipt.logs, contract=contract.address) == [0]
    assert contract.client.total_supply(contract.address) == 0


def test_a_move_to_nobody_is_refused(contract: Contract) -> None:
    contract.batch(Operation.MINT, 0, [Line(account(1), 10)])
    word = bytes.fromhex(account(1)[2:]) + (5).to_bytes(12, "big")
    call = encode_call("moveBatch(uint64,bytes32[],address[])", [1, [word], [ZERO_ADDRESS]])

    receipt = contract.send(contract.redeemer, call)

    assert receipt.succeeded
    assert contract.balance(account(1)) == 10


@pytest.mark.parametrize("lines", [0, 201])
def test_an_empty_or_too_long_batch_reverts_and_uses_no_number(
    contract: Contract, lines: int
) -> None:
    word = bytes.fromhex(account(1)[2:]) + (5).to_bytes(12, "big")
    call = encode_call("mintBatch(uint64,bytes32[])", [0, [word] * lines])

    assert not contract.send(contract.issuer, call).succeeded
    assert not contract.is_used(0)


def test_a_move_without_a_recipient_for_each_line_reverts(contract: Contract) -> None:
    word = bytes.fromhex(account(1)[2:]) + (5).to_bytes(12, "big")
    call = encode_call("moveBatch(uint64,bytes32[],address[])", [0, [word] * 2, [account(2)]])

    assert not contract.send(contract.redeemer, call).succeeded


def test_gas_of_a_full_batch_stays_below_the_cap_of_a_transaction(contract: Contract) -> None:
    people = [account(index) for index in range(1, 201)]
    mint = encode_batch(Operation.MINT, first=0, lines=[Line(person, 5) for person in people])
    again = encode_batch(Operation.MINT, first=200, lines=[Line(person, 5) for person in people])
    moves = encode_batch(
        Operation.MOVE,
        first=400,
        lines=[Line(person, 1, account(1000 + i)) for i, person in enumerate(people)],
    )
    burns = encode_batch(Operation.BURN, first=600, lines=[Line(person, 1) for person in people])

    gas = {
        "mint, new": contract.send(contract.issuer, mint).gas_used,
        "mint, known": contract.send(contract.issuer, again).gas_used,
        "move, new": contract.send(contract.redeemer, moves).gas_used,
        "burn": contract.send(contract.redeemer, burns).gas_used,
    }

    print("gas a line:", {name: used // 200 for name, used in gas.items()})
    assert max(gas.values()) < 16_777_216  # EIP-7825
    assert contract.client.total_supply(contract.address) == 200 * 9
