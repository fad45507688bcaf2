"""The order in which intents are settled never takes more than an account holds on the chain."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chain.codec import MAX_LINES, Operation
from wallet_service.settlement.domain import TRANSACTION_GAS_CAP, batch_gas, plan_batches

ACCOUNTS = range(3)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Operation, tuple[int | None, int | None, int]]]:
    """Intents in an order in which no account ever goes below zero, as the ledger writes them."""
    balances = [0, 0, 0]
    history: list[tuple[Operation, tuple[int | None, int | None, int]]] = []
    for _ in range(draw(st.integers(0, 30))):
        giver, taker = draw(st.permutations(list(ACCOUNTS)))[:2]
        if balances[giver] == 0 or draw(st.booleans()):
            points = draw(st.integers(1, 20))
            balances[taker] += points
            history.append((Operation.MINT, (None, taker, points)))
            continue
        points = draw(st.integers(1, balances[giver]))
        balances[giver] -= points
        if draw(st.booleans()):
            balances[taker] += points
            history.append((Operation.MOVE, (giver, taker, points)))
        else:
            history.append((Operation.BURN, (giver, None, points)))
    return history


@given(history=histories(), cuts=st.lists(st.integers(0, 30), max_size=4))
def test_no_balance_goes_below_zero_wherever_rounds_are_cut(
    history: list[tuple[Operation, tuple[int | None, int | None, int]]], cuts: list[int]
) -> None:
    bounds = sorted({0, len(history), *(cut for cut in cuts if cut < len(history))})
    chain = [0, 0, 0]
    settled = 0
    for start, end in pairwise(bounds):
        for batch in plan_batches(history[start:end]):
            for giver, taker, points in batch.intents:
                if giver is not None:
                    chain[giver] -= points
                    assert chain[giver] >= 0
                if taker is not None:
                    chain[taker] += points
                settled += 1
    assert settled == len(history)


@given(counts=st.tuples(*[st.integers(0, 450)] * 3))
def test_batches_hold_one_operation_and_at_most_two_hundred_lines(
    counts: tuple[int, int, int],
) -> None:
    numbered = [
        (operation, (operation, index))
        for operation, count in zip(Operation, counts, strict=True)
        for index in range(count)
    ]

    batches = list(plan_batches(reversed(numbered)))

    assert all(1 <= len(batch.intents) <= MAX_LINES for batch in batches)
    for batch in batches:
        assert {operation for operation, _ in batch.intents} == {batch.operation}
    lines = [line for batch in batches for line in batch.intents]
    assert sorted(lines) == sorted(line for _, line in numbered)
    # Each operation keeps the order it was given in.
    for operation in Operation:
        indexes = [index for kind, index in lines if kind is operation]
        assert indexes == sorted(indexes, reverse=True)


def test_the_fullest_batch_stays_below_the_cap_of_a_transaction() -> None:
    for operation in Operation:
        assert batch_gas(operation, lines=MAX_LINES) < TRANSACTION_GAS_CAP
