"""Properties of the postings, without a database."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_service.ledger import domain
from wallet_service.ledger.domain import (
    MAX_POINTS_PER_ENTRY,
    SYSTEM_KINDS,
    SYSTEM_SHARDS,
    WALLET_KINDS,
    AccountKind,
    Operation,
    PointsOutOfRange,
    SettlementOperation,
)

OPERATIONS = [domain.reward_pending, domain.reward_posted, domain.reward_voided]
points_in_range = st.integers(min_value=1, max_value=MAX_POINTS_PER_ENTRY)


def _effect(*operations: Operation) -> dict[AccountKind, int]:
    balances: dict[AccountKind, int] = dict.fromkeys(AccountKind, 0)
    for operation in operations:
        for leg in operation.legs:
            balances[leg.kind] += leg.points
    return balances


@pytest.mark.parametrize("operation", OPERATIONS)
@given(points=points_in_range)
def test_every_operation_balances_and_names_each_account_once(
    operation: Callable[..., Operation], points: int
) -> None:
    made = operation(points=points)
    assert made.is_balanced
    assert all(leg.points != 0 for leg in made.legs)
    assert len({leg.kind for leg in made.legs}) == len(made.legs)


@given(points=points_in_range)
def test_a_confirmed_reward_ends_as_available_points(points: int) -> None:
    after = _effect(domain.reward_pending(points=points), domain.reward_posted(points=points))
    assert after[AccountKind.WALLET_AVAILABLE] == points
    assert after[AccountKind.ISSUANCE] == -points
    assert after[AccountKind.WALLET_PENDING] == after[AccountKind.ISSUANCE_PENDING] == 0


@given(points=points_in_range)
def test_a_voided_reward_leaves_no_trace_in_the_balances(points: int) -> None:
    after = _effect(domain.reward_pending(points=points), domain.reward_voided(points=points))
    assert set(after.values()) == {0}


@given(points=points_in_range)
def test_only_a_posted_reward_settles_and_mints_what_became_available(points: int) -> None:
    assert domain.reward_pending(points=points).settles is None
    assert domain.reward_voided(points=points).settles is None
    settles = domain.reward_posted(points=points).settles
    assert settles is not None
    assert (settles.operation, settles.points) == (SettlementOperation.MINT, points)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("points", [0, -1, MAX_POINTS_PER_ENTRY + 1, True, 1.0, "10"])
def test_points_out_of_range_are_refused(
    operation: Callable[..., Operation], points: object
) -> None:
    with pytest.raises(PointsOutOfRange):
        operation(points=points)


@given(value=st.uuids())
def test_a_shard_exists_for_every_entry(value: uuid.UUID) -> None:
    assert 0 <= domain.shard_of(value) < SYSTEM_SHARDS


def test_every_account_kind_is_either_a_wallets_or_the_systems() -> None:
    assert set(WALLET_KINDS) | set(SYSTEM_KINDS) == set(AccountKind)
    assert not set(WALLET_KINDS) & set(SYSTEM_KINDS)
