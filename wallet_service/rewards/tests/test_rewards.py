"""Rewards from pending to posted or voided, alone and in a race."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from wallet_service.conftest import RULE, RULE_POINTS
from wallet_service.ledger.errors import IdempotencyConflict, WalletUnknown
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import (
    IdempotencyKey,
    JournalEntry,
    Posting,
    SettlementIntent,
    Wallet,
)
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.rewards.domain import TRANSITIONS, Channel, RewardState
from wallet_service.rewards.errors import (
    EvidenceAlreadyRewarded,
    RewardNotPending,
    RewardUnknown,
    RuleUnknown,
)
from wallet_service.rewards.models import Reward
from wallet_service.rewards.services import reward_confirm, reward_open, reward_void

Together = Callable[..., list[Any]]
_keys = itertools.count()


def _open(wallet: Wallet, **changes: Any) -> Answer:
    arguments: dict[str, Any] = {
        "client": "console",
        "key": f"open-{next(_keys)}",
        "wallet_id": wallet.id,
        "rule_code": RULE,
        "evidence": uuid.uuid4(),
        "channel": Channel.WEB,
    }
    return reward_open(**(arguments | changes))


def _confirm(reward_id: uuid.UUID, *, key: str | None = None) -> Answer:
    return reward_confirm(
        client="console", key=key or f"confirm-{next(_keys)}", reward_id=reward_id
    )


def _void(reward_id: uuid.UUID, *, key: str | None = None, reason: str = "rejected") -> Answer:
    return reward_void(
        client="console", key=key or f"void-{next(_keys)}", reward_id=reward_id, reason=reason
    )


def _id(answer: Answer) -> uuid.UUID:
    return uuid.UUID(answer.body["id"])


def test_a_reward_opens_pending_with_the_rules_points(rules: None, wallet: Wallet) -> None:
    answer = _open(wallet)
    assert answer.status == 201
    assert (answer.body["state"], answer.body["points"]) == ("pending", RULE_POINTS)
    balances = balances_of(wallet=wallet)
    assert (balances.pending_points, balances.available_points) == (RULE_POINTS, 0)
    assert not SettlementIntent.objects.exists()


def test_confirming_makes_points_available_and_leaves_one_mint(rules: None, wallet: Wallet) -> None:
    answer = _confirm(_id(_open(wallet)))
    assert (answer.status, answer.body["state"]) == (200, "posted")
    assert answer.body["decided_at"] is not None
    balances = balances_of(wallet=wallet)
    assert (balances.pending_points, balances.available_points) == (0, RULE_POINTS)
    intent = SettlementIntent.objects.get()
    assert (intent.operation, intent.points) == ("mint", RULE_POINTS)
    assert intent.to_address == wallet.address
    assert intent.entry_id == Reward.objects.get().decided_entry_id


def test_voiding_gives_nothing_and_settles_nothing(rules: None, wallet: Wallet) -> None:
    answer = _void(_id(_open(wallet)), reason="duplicate")
    assert (answer.status, answer.body["state"]) == (200, "voided")
    balances = balances_of(wallet=wallet)
    assert (balances.pending_points, balances.available_points) == (0, 0)
    assert not SettlementIntent.objects.exists()
    assert Reward.objects.get().void_reason == "duplicate"


@pytest.mark.parametrize("first", [_confirm, _void])
@pytest.mark.parametrize("second", [_confirm, _void])
def test_a_decided_reward_is_decided(
    rules: None, wallet: Wallet, first: Callable[..., Answer], second: Callable[..., Answer]
) -> None:
    reward_id = _id(_open(wallet))
    first(reward_id)
    before = Posting.objects.count()
    with pytest.raises(RewardNotPending):
        second(reward_id)
    assert Posting.objects.count() == before


@pytest.mark.parametrize("decide", [_confirm, _void])
def test_the_same_decision_with_the_same_key_is_answered_again(
    rules: None, wallet: Wallet, decide: Callable[..., Answer]
) -> None:
    reward_id = _id(_open(wallet))
    first = decide(reward_id, key="same")
    again = decide(reward_id, key="same")
    assert again.replayed
    assert again.body == first.body


def test_a_key_used_for_confirming_cannot_void(rules: None, wallet: Wallet) -> None:
    reward_id = _id(_open(wallet))
    _confirm(reward_id, key="same")
    with pytest.raises(IdempotencyConflict):
        _void(reward_id, key="same")


def test_one_evidence_is_rewarded_once_even_when_voided(rules: None, wallet: Wallet) -> None:
    evidence = uuid.uuid4()
    _void(_id(_open(wallet, evidence=evidence)))
    with pytest.raises(EvidenceAlreadyRewarded):
        _open(wallet, evidence=evidence)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"wallet_id": uuid.UUID(int=0)}, WalletUnknown),
        ({"rule_code": "report.nothing"}, RuleUnknown),
    ],
)
def test_a_refused_reward_writes_nothing(
    rules: None, wallet: Wallet, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _open(wallet, **changes)
    for model in (Reward, JournalEntry, Posting, IdempotencyKey):
        assert not model.objects.exists()


@pytest.mark.parametrize("decide", [_confirm, _void])
def test_an_unknown_reward_is_refused(db: None, decide: Callable[..., Answer]) -> None:
    with pytest.raises(RewardUnknown):
        decide(uuid.uuid4())


def test_confirm_and_void_at_the_same_moment_have_one_winner(
    committed_wallet: Wallet, together: Together
) -> None:
    for _ in range(5):
        reward_id = _id(_open(committed_wallet))
        outcomes = together(
            lambda reward_id=reward_id: _confirm(reward_id),
            lambda reward_id=reward_id: _void(reward_id),
            lambda reward_id=reward_id: _confirm(reward_id),
            lambda reward_id=reward_id: _void(reward_id),
        )
        winners = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, RewardNotPending)]
        assert (len(winners), len(losers)) == (1, 3), outcomes
        assert Reward.objects.get(id=reward_id).state == winners[0].body["state"]
    posted = Reward.objects.filter(state=RewardState.POSTED).count()
    balances = balances_of(wallet=committed_wallet)
    assert (balances.available_points, balances.pending_points) == (posted * RULE_POINTS, 0)
    assert SettlementIntent.objects.count() == posted
    assert sum_of_all_balances() == 0


def test_the_same_confirm_at_the_same_moment_is_one_confirm(
    committed_wallet: Wallet, together: Together
) -> None:
    reward_id = _id(_open(committed_wallet))
    outcomes = together(*[lambda: _confirm(reward_id, key="same")] * 6)
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    assert all(outcome.body == outcomes[0].body for outcome in outcomes)
    assert balances_of(wallet=committed_wallet).available_points == RULE_POINTS
    assert SettlementIntent.objects.count() == 1


def test_one_evidence_at_the_same_moment_is_one_reward(
    committed_wallet: Wallet, together: Together
) -> None:
    evidence = uuid.uuid4()
    outcomes = together(*[lambda: _open(committed_wallet, evidence=evidence)] * 6)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, EvidenceAlreadyRewarded) for outcome in outcomes) == 5
    assert balances_of(wallet=committed_wallet).pending_points == RULE_POINTS


def test_the_whole_way_works_with_the_rights_of_the_runtime_role(
    rules: None, wallet: Wallet, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    with as_runtime():
        _confirm(_id(_open(wallet)))
        _void(_id(_open(wallet)))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Reward.objects.update(points=1000)
    assert balances_of(wallet=wallet).available_points == RULE_POINTS


@pytest.mark.parametrize("before", list(RewardState))
@pytest.mark.parametrize("after", list(RewardState))
def test_the_database_allows_exactly_the_legal_transitions(
    rules: None, wallet: Wallet, before: RewardState, after: RewardState
) -> None:
    reward_id = _id(_open(wallet))
    if before is RewardState.POSTED:
        _confirm(reward_id)
    elif before is RewardState.VOIDED:
        _void(reward_id)
    some_entry = JournalEntry.objects.first()
    change = {"state": after, "decided_at": "2026-01-01T00:00:00Z", "decided_entry": some_entry}
    if (before, after) in TRANSITIONS:
        assert Reward.objects.filter(id=reward_id).update(**change) == 1
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Reward.objects.filter(id=reward_id).update(**change)


def test_a_rewards_facts_never_change(rules: None, wallet: Wallet) -> None:
    reward_id = _id(_open(wallet))
    for change in ({"points": 99}, {"evidence": uuid.uuid4()}, {"rule_code": "report.graffiti"}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Reward.objects.filter(id=reward_id).update(
                state=RewardState.POSTED,
                decided_at="2026-01-01T00:00:00Z",
                decided_entry=JournalEntry.objects.get(),
                **change,
            )
