"""Many rewards at once: each answers for itself, in a number of statements that does not grow."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wallet_service.ledger.errors import IdempotencyConflict, IssuingStopped, WalletUnknown
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import IdempotencyKey, JournalEntry, SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.ledger.services import issuing_stop, wallet_open
from wallet_service.rewards import bulk
from wallet_service.rewards.bulk import MAX_ITEMS, BulkItem, Result, rewards_open
from wallet_service.rewards.domain import Channel
from wallet_service.rewards.errors import (
    BudgetExhausted,
    CapDayReached,
    EvidenceAlreadyRewarded,
    RuleUnknown,
)
from wallet_service.rewards.models import ReviewCase, Reward
from wallet_service.rewards.patterns import Signals
from wallet_service.rewards.standing import Asked

from .conftest import RULE, campaign_rule, left_of, next_key, open_reward, rule_with

Together = Callable[..., list[Any]]


def _item(wallet_id: uuid.UUID, *, key: str | None = None, **changes: Any) -> BulkItem:
    asked: dict[str, Any] = {
        "wallet_id": wallet_id,
        "rule_code": RULE,
        "evidence": uuid.uuid4(),
        "channel": Channel.COLLECTOR,
    }
    return BulkItem(key=key or next_key(), asked=Asked(**(asked | changes)))


def _open(items: list[BulkItem]) -> list[Result]:
    return rewards_open(client="console", items=items)


def _codes(results: list[Result]) -> list[str]:
    return [
        str(result.body["state"]) if isinstance(result, Answer) else result.code
        for result in results
    ]


def _wallets(number: int) -> list[uuid.UUID]:
    return [wallet_open(wallet_id=uuid.uuid4())[0].id for _ in range(number)]


def test_a_hundred_rewards_are_a_handful_of_statements(db: None) -> None:
    rule_with(auto_post_after_days=0, cap_day_points=100)
    items = [_item(wallet_id) for wallet_id in _wallets(MAX_ITEMS)]
    with CaptureQueriesContext(connection) as captured:
        results = _open(items)
    assert _codes(results) == ["posted"] * MAX_ITEMS
    # Two of these are the savepoint in which the tests run.
    assert len(captured) <= 9, [query["sql"][:60] for query in captured.captured_queries]
    assert SettlementIntent.objects.count() == JournalEntry.objects.count() == MAX_ITEMS
    assert sum_of_all_balances() == 0


def test_no_items_are_no_work(db: None) -> None:
    assert _open([]) == []


def test_a_refused_item_hurts_no_other(wallet: Wallet) -> None:
    rule_with(cap_day_points=20)
    before = open_reward(wallet.id)
    results = _open(
        [
            _item(wallet.id),
            _item(uuid.uuid4()),
            _item(wallet.id, rule_code="report.nothing"),
            _item(wallet.id, evidence=uuid.UUID(before.body["evidence"])),
            _item(wallet.id),
            _item(wallet_open(wallet_id=uuid.uuid4())[0].id),
        ]
    )
    assert _codes(results) == [
        "pending",
        "wallet_unknown",
        "rule_unknown",
        "evidence_already_rewarded",
        "cap_day_reached",
        "pending",
    ]
    assert Reward.objects.count() == 3
    assert IdempotencyKey.objects.count() == 3
    assert balances_of(wallet=wallet).pending_points == 20


def test_items_count_for_those_after_them(wallet: Wallet) -> None:
    rule_with(cap_day_points=25)
    evidence = uuid.uuid4()
    results = _open(
        [
            _item(wallet.id, evidence=evidence),
            _item(wallet.id, evidence=evidence),
            _item(wallet.id),
            _item(wallet.id),
        ]
    )
    assert _codes(results) == [
        "pending",
        "evidence_already_rewarded",
        "pending",
        "cap_day_reached",
    ]
    refused = results[3]
    assert isinstance(refused, CapDayReached)
    assert refused.fields["left_points"] == "5"


def test_the_same_items_again_are_answered_the_same(wallet: Wallet) -> None:
    rule_with(cap_day_points=20)
    items = [_item(wallet.id), _item(wallet.id)]
    first = _open(items)
    again = _open([*items, _item(wallet.id)])
    assert [result.body for result in again[:2] if isinstance(result, Answer)] == [
        result.body for result in first if isinstance(result, Answer)
    ]
    assert _codes(again)[2] == "cap_day_reached"
    assert Reward.objects.count() == 2


def test_a_key_is_good_for_one_reward_alone_and_among_others(wallet: Wallet) -> None:
    rule_with()
    item = _item(wallet.id, quantity=3)
    (among,) = _open([item])
    assert isinstance(among, Answer)
    alone = partial(
        open_reward,
        wallet.id,
        key=item.key,
        evidence=item.asked.evidence,
        channel=item.asked.channel,
    )
    assert alone(quantity=3).body == among.body
    with pytest.raises(IdempotencyConflict):
        alone(quantity=4)
    other = replace(item, asked=replace(item.asked, quantity=4))
    assert _codes(_open([other, _item(wallet.id)])) == ["idempotency_conflict", "pending"]


def test_a_key_used_twice_in_one_request(wallet: Wallet) -> None:
    rule_with()
    item = _item(wallet.id)
    other = replace(item, asked=replace(item.asked, evidence=uuid.uuid4()))
    results = _open([item, item, other])
    assert _codes(results) == ["pending", "pending", "idempotency_conflict"]
    assert results[0] == results[1]
    assert Reward.objects.count() == 1


def test_a_budget_is_shared_by_the_items_in_their_order(wallet: Wallet) -> None:
    campaign = campaign_rule(25)
    results = _open([_item(wallet.id) for _ in range(4)])
    assert _codes(results) == ["pending", "pending", "budget_exhausted", "budget_exhausted"]
    assert isinstance(results[2], BudgetExhausted)
    assert left_of(campaign) == 5


def test_what_looks_wrong_among_the_items_is_seen(wallet: Wallet) -> None:
    rule_with(auto_post_after_days=0)
    photo = Signals(photos=(os.urandom(32),))
    results = _open([_item(wallet.id, signals=photo), _item(wallet.id, signals=photo)])
    assert _codes(results) == ["posted", "pending"]
    assert ReviewCase.objects.get().pattern == "same_photo"


def test_while_issuing_is_stopped_only_pending_rewards_open(wallet: Wallet) -> None:
    rule_with()
    issuing_stop(reason="drift")
    assert _codes(_open([_item(wallet.id)])) == ["pending"]
    rule_with(auto_post_after_days=0)
    (refused,) = _open([_item(wallet.id)])
    assert isinstance(refused, IssuingStopped)


def test_it_works_with_the_rights_of_the_runtime_role(
    wallet: Wallet, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    campaign_rule(1_000, auto_post_after_days=0)
    with as_runtime():
        assert _codes(_open([_item(wallet.id), _item(wallet.id)])) == ["posted", "posted"]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("wallets", [1, 3])
def test_caps_hold_when_many_requests_come_at_the_same_moment(
    committed_db: None, together: Together, wallets: int
) -> None:
    rule_with(cap_day_points=50, auto_post_after_days=0)
    ids = _wallets(wallets)
    requests = [[_item(ids[place % wallets]) for place in range(12)] for _ in range(4)]
    # Half of them in the opposite order: whoever locks in the order of the items would lock up.
    outcomes = together(
        *[partial(_open, items if at % 2 else items[::-1]) for at, items in enumerate(requests)],
        *[partial(open_reward, ids[0], channel=Channel.COLLECTOR)] * 2,
    )
    assert not [
        one for one in outcomes if isinstance(one, Exception) and not isinstance(one, CapDayReached)
    ]
    for wallet_id in ids:
        assert (
            sum(Reward.objects.filter(wallet_id=wallet_id).values_list("points", flat=True)) == 50
        )
    assert sum_of_all_balances() == 0


def test_the_same_request_at_the_same_moment_is_one_request(
    committed_db: None, together: Together
) -> None:
    rule_with(cap_day_points=10, auto_post_after_days=0)
    items = [_item(wallet_id) for wallet_id in _wallets(8)]
    outcomes = together(*[partial(_open, items)] * 3, partial(_open, items[::-1]))
    bodies = [{result.body["id"] for result in results} for results in outcomes]
    assert all(body == bodies[0] for body in bodies)
    assert Reward.objects.count() == 8


def test_one_key_for_two_wallets_and_one_evidence_for_two_wallets(
    committed_db: None, together: Together
) -> None:
    rule_with()
    one, other = _wallets(2)
    key, evidence = next_key(), uuid.uuid4()
    for _ in range(3):
        outcomes = together(
            *[
                partial(_open, [_item(wallet_id, key=key), _item(wallet_id, evidence=evidence)])
                for wallet_id in (one, other, one, other)
            ]
        )
        assert all(isinstance(results, list) for results in outcomes), outcomes
    assert IdempotencyKey.objects.filter(key=key).count() == 1
    assert Reward.objects.filter(evidence=evidence).count() == 1
    assert sum_of_all_balances() == 0


def test_a_request_that_is_overtaken_again_and_again_opens_each_alone(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_with()
    (wallet_id,) = _wallets(1)
    monkeypatch.setattr(bulk, "openings_write", lambda openings: (0, 0))
    results = _open([_item(wallet_id), _item(uuid.uuid4())])
    assert _codes(results) == ["pending", "wallet_unknown"]
    assert isinstance(results[1], WalletUnknown)
    assert Reward.objects.count() == 1


asked_items = st.lists(
    st.tuples(
        st.integers(0, 2),  # wallet, the last one unknown
        st.sampled_from([RULE, "report.nothing"]),
        st.integers(0, 5),  # evidence
        st.integers(0, 6),  # key
        st.integers(1, 3),  # quantity
    ),
    max_size=12,
)


@given(asked=asked_items)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_many_are_what_each_would_be_alone(
    db: None, asked: list[tuple[int, str, int, int, int]]
) -> None:
    """The same items at once and one by one: the same codes, points and balances."""
    codes, totals = [], []
    for at_once in (True, False):
        run = uuid.uuid4().hex
        rule_with(cap_day_points=40, points=10)
        wallets = [*_wallets(2), uuid.uuid4()]
        evidences = [uuid.uuid4() for _ in range(6)]
        items = [
            _item(
                wallets[wallet],
                key=f"{run}-{key}",
                rule_code=rule,
                evidence=evidences[evidence],
                quantity=quantity,
            )
            for wallet, rule, evidence, key, quantity in asked
        ]
        results = (
            _open(items) if at_once else [result for item in items for result in _open([item])]
        )
        # What was answered once is answered so for ever; a refusal may have another reason later.
        for first, later in zip(results, _open(items), strict=True):
            assert not isinstance(first, Answer) or replace(first, replayed=True) == later
        codes.append(_codes(results))
        totals.append(
            [
                sum(Reward.objects.filter(wallet_id=one).values_list("points", flat=True))
                for one in wallets
            ]
        )
    assert codes[0] == codes[1]
    assert totals[0] == totals[1]
    assert all(total <= 40 for total in totals[0])


def test_what_nobody_may_be_rewarded_for(wallet: Wallet) -> None:
    rule_with()
    results = _open([_item(wallet.id, rule_code="glass.deposit"), _item(wallet.id)])
    assert isinstance(results[0], RuleUnknown)
    assert isinstance(_open([_item(wallet.id)])[0], Answer)
    evidence = uuid.uuid4()
    pair = _open([_item(wallet.id, evidence=evidence), _item(wallet.id, evidence=evidence)])
    assert isinstance(pair[1], EvidenceAlreadyRewarded)
