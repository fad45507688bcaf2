"""Properties of the postings, without a database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_service.ledger import domain
from wallet_service.ledger.domain import (
    HOLDER_KINDS,
    MAX_POINTS_PER_ENTRY,
    MAX_POINTS_PER_SUM,
    SYSTEM_KINDS,
    SYSTEM_SHARDS,
    AccountKind,
    EntryKind,
    HolderKind,
    Operation,
    PointsOutOfRange,
    SettlementOperation,
)

Make = Callable[..., Operation]
PLAIN: list[Make] = [
    domain.reward_pending,
    domain.reward_posted,
    domain.reward_voided,
    domain.reward_granted,
    domain.redemption_held,
    domain.redemption_captured,
    domain.redemption_released,
    domain.redemption_refunded,
    domain.correction_credited,
]
SUMS: list[Make] = [
    domain.points_recovered,
    domain.points_expired,
    domain.statement_closed,
    domain.merge_taken,
    domain.merge_given,
    domain.merge_debt_taken,
    domain.merge_debt_given,
    domain.points_forfeited,
    domain.debt_forgiven,
]
TAKING: list[Make] = [domain.reward_reversed, domain.correction_debited]
CITIZEN, PARTNER = HolderKind.CITIZEN, HolderKind.PARTNER
MINT, MOVE, BURN = SettlementOperation
SETTLED = {
    domain.reward_pending: None,
    domain.reward_posted: (MINT, None, CITIZEN),
    domain.reward_voided: None,
    domain.reward_granted: (MINT, None, CITIZEN),
    domain.redemption_held: None,
    domain.redemption_captured: (MOVE, CITIZEN, PARTNER),
    domain.redemption_released: None,
    domain.redemption_refunded: (MOVE, PARTNER, CITIZEN),
    domain.correction_credited: (MINT, None, CITIZEN),
    domain.points_recovered: (BURN, CITIZEN, None),
    domain.points_expired: (BURN, CITIZEN, None),
    domain.statement_closed: (BURN, PARTNER, None),
    domain.merge_taken: (BURN, CITIZEN, None),
    domain.merge_given: (MINT, None, CITIZEN),
    domain.merge_debt_taken: None,
    domain.merge_debt_given: None,
    domain.points_forfeited: (BURN, CITIZEN, None),
    domain.debt_forgiven: None,
}
points_in_range = st.integers(min_value=1, max_value=MAX_POINTS_PER_ENTRY)


@st.composite
def points_and_taken(draw: st.DrawFn) -> tuple[int, int]:
    points = draw(points_in_range)
    return points, draw(st.integers(min_value=0, max_value=points))


def _effect(*operations: Operation) -> dict[AccountKind, int]:
    """The balances that are not zero afterwards."""
    balances: dict[AccountKind, int] = dict.fromkeys(AccountKind, 0)
    for operation in operations:
        for leg in operation.legs:
            balances[leg.kind] += leg.points
    return {kind: points for kind, points in balances.items() if points}


def _well_formed(made: Operation) -> bool:
    kinds = [leg.kind for leg in made.legs]
    return made.is_balanced and all(leg.points for leg in made.legs) and len({*kinds}) == len(kinds)


@pytest.mark.parametrize("operation", PLAIN + SUMS)
@given(points=points_in_range)
def test_every_operation_balances_and_names_each_account_once(operation: Make, points: int) -> None:
    assert _well_formed(operation(points=points))


@pytest.mark.parametrize("operation", TAKING)
@given(amounts=points_and_taken())
def test_whatever_is_taken_back_balances(operation: Make, amounts: tuple[int, int]) -> None:
    points, taken = amounts
    made = operation(points=points, taken=taken)
    assert _well_formed(made)
    assert made.available_change == -taken
    assert made.change_of(AccountKind.WALLET_RECOVERABLE) == points - taken
    settles = made.settles
    assert (settles.points if settles else 0) == taken
    assert settles is None or (settles.operation, settles.from_holder) == (BURN, CITIZEN)


@pytest.mark.parametrize("operation", PLAIN + SUMS)
@given(points=points_in_range)
def test_what_settles_an_operation_is_what_the_chain_knows_of_it(
    operation: Make, points: int
) -> None:
    expected = SETTLED[operation]
    settles = operation(points=points).settles
    if expected is None:
        assert settles is None
    else:
        assert settles is not None
        assert (settles.operation, settles.from_holder, settles.to_holder) == expected
        assert settles.points == points


def test_every_kind_of_entry_has_an_operation() -> None:
    made = {operation(points=2).kind for operation in PLAIN + SUMS}
    made |= {operation(points=2, taken=1).kind for operation in TAKING}
    assert made == set(EntryKind)


@given(points=points_in_range)
def test_a_confirmed_reward_ends_as_a_granted_one(points: int) -> None:
    after = _effect(domain.reward_pending(points=points), domain.reward_posted(points=points))
    assert after == _effect(domain.reward_granted(points=points))
    assert after == {AccountKind.WALLET_AVAILABLE: points, AccountKind.ISSUANCE: -points}


@given(points=points_in_range)
def test_what_is_undone_leaves_no_trace_in_the_balances(points: int) -> None:
    pairs = [
        (domain.reward_pending, domain.reward_voided),
        (domain.redemption_held, domain.redemption_released),
    ]
    for done, undone in pairs:
        assert _effect(done(points=points), undone(points=points)) == {}
    held, captured = domain.redemption_held(points=points), domain.redemption_captured
    refunded = domain.redemption_refunded(points=points)
    assert _effect(held, captured(points=points), refunded) == {}


@given(amounts=points_and_taken())
def test_a_recovered_debt_ends_as_if_all_had_been_taken_at_once(amounts: tuple[int, int]) -> None:
    points, taken = amounts
    owed = points - taken
    recovered = [domain.points_recovered(points=owed)] if owed else []
    after = _effect(domain.reward_reversed(points=points, taken=taken), *recovered)
    assert after == _effect(domain.reward_reversed(points=points, taken=points))


@pytest.mark.parametrize("operation", PLAIN)
@pytest.mark.parametrize("points", [0, -1, MAX_POINTS_PER_ENTRY + 1, True, 1.0, "10"])
def test_points_out_of_range_are_refused(operation: Make, points: object) -> None:
    with pytest.raises(PointsOutOfRange):
        operation(points=points)


@pytest.mark.parametrize("operation", SUMS)
@pytest.mark.parametrize("points", [0, -1, MAX_POINTS_PER_SUM + 1, True, 1.0, "10"])
def test_sums_out_of_range_are_refused(operation: Make, points: object) -> None:
    with pytest.raises(PointsOutOfRange):
        operation(points=points)


@pytest.mark.parametrize("operation", TAKING)
@pytest.mark.parametrize("taken", [-1, 11, True, 1.0, "1"])
def test_nothing_or_all_of_the_points_can_be_taken(operation: Make, taken: object) -> None:
    with pytest.raises(PointsOutOfRange):
        operation(points=10, taken=taken)


@given(value=st.uuids())
def test_a_shard_exists_for_every_entry(value: uuid.UUID) -> None:
    assert 0 <= domain.shard_of(value) < SYSTEM_SHARDS


def test_every_account_kind_is_either_a_holders_or_the_systems() -> None:
    assert set(HOLDER_KINDS) | set(SYSTEM_KINDS) == set(AccountKind)
    assert not set(HOLDER_KINDS) & set(SYSTEM_KINDS)


def _shape(operation: Operation) -> str:
    legs = sorted(operation.legs, key=lambda leg: leg.kind.value)
    return " ".join(f"{'+' if leg.points > 0 else '-'}{leg.kind.value}" for leg in legs)


def test_the_database_knows_the_same_operations() -> None:
    migration = import_module("wallet_service.ledger.migrations.0021_closures")
    made = [operation(points=2) for operation in PLAIN + SUMS]
    made += [operation(points=2, taken=taken) for operation in TAKING for taken in (0, 1, 2)]
    assert sorted(migration.OPERATIONS) == sorted(
        (one.kind.value, _shape(one), one.settles.operation.value if one.settles else "none")
        for one in made
    )
