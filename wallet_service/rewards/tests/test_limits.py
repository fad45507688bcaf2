"""Caps, cooling-off and budgets, alone and when many ask at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from wallet_service.ledger.errors import IdempotencyConflict, WalletUnknown
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.ledger.services import wallet_open
from wallet_service.rewards.errors import (
    BudgetExhausted,
    CapDayReached,
    CapMonthReached,
    CoolingOff,
    RewardTooLarge,
    RuleUnknown,
)
from wallet_service.rewards.models import Campaign, CampaignSlice, Reward
from wallet_service.rewards.models.rules import BUDGET_SLICES
from wallet_service.rewards.seeding import rules_seed
from wallet_service.rewards.selectors import campaigns_with_spent
from wallet_service.rewards.services import reward_confirm, reward_void
from wallet_service.rewards.terms import Periods, RuleTerms

from .conftest import RULE, campaign_rule, id_of, left_of, next_key, open_reward, rule_with

Together = Callable[..., list[Any]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the present: ``clock(days=1)``."""
    real = timezone.now

    def move(**by: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**by))

    return move


def _void(answer: Answer) -> None:
    reward_void(client="console", key=next_key(), reward_id=id_of(answer), reason="rejected")


def test_quantity_multiplies_the_points(wallet: Wallet) -> None:
    rule_with(points=3)
    answer = open_reward(wallet.id, quantity=7)
    assert (answer.body["quantity"], answer.body["points"]) == (7, 21)
    assert balances_of(wallet=wallet).pending_points == 21


def test_a_quantity_beyond_one_entry_is_refused(wallet: Wallet) -> None:
    rule_with(points=2_000)
    with pytest.raises(RewardTooLarge):
        open_reward(wallet.id, quantity=501)
    assert open_reward(wallet.id, quantity=500).body["points"] == 1_000_000


def test_the_days_cap_says_how_much_is_left_and_until_when(wallet: Wallet) -> None:
    rule_with(points=10, cap_day_points=45)
    for _ in range(4):
        open_reward(wallet.id)
    with pytest.raises(CapDayReached) as refused:
        open_reward(wallet.id)
    until = Periods.at(timezone.now()).day_until.isoformat().replace("+00:00", "Z")
    assert refused.value.fields == {
        "cap_points": "45",
        "earned_points": "40",
        "left_points": "5",
        "asked_points": "10",
        "again_at": until,
    }
    assert Reward.objects.count() == 4


def test_a_refusal_uses_neither_key_nor_evidence(wallet: Wallet) -> None:
    rule_with(points=1, cap_day_points=100)
    key, evidence = next_key(), uuid.uuid4()
    with pytest.raises(CapDayReached) as refused:
        open_reward(wallet.id, key=key, evidence=evidence, quantity=120)
    left = int(refused.value.fields["left_points"])
    assert open_reward(wallet.id, key=key, evidence=evidence, quantity=left).body["points"] == 100


def test_caps_start_again_with_the_day_and_the_month(
    wallet: Wallet, clock: Callable[..., None]
) -> None:
    rule_with(points=10, cap_day_points=10, cap_month_points=20)
    days = 0
    # Two days in a row of the same month, wherever in a month this runs.
    while (timezone.now() + timedelta(days=days)).day > 20:
        days += 1
    clock(days=days)
    open_reward(wallet.id)
    with pytest.raises(CapDayReached):
        open_reward(wallet.id)
    clock(days=days + 1)
    open_reward(wallet.id)
    clock(days=days + 2)
    with pytest.raises(CapMonthReached):
        open_reward(wallet.id)
    clock(days=days + 32)
    open_reward(wallet.id)


def test_each_wallet_and_each_rule_has_its_own_cap(
    wallet: Wallet,
) -> None:
    rule_with(points=10, cap_day_points=10)
    rules_seed(rules={"report.tree": RuleTerms(points=10, cap_day_points=10)})
    open_reward(wallet.id)
    open_reward(wallet.id, rule_code="report.tree")
    open_reward(wallet_open(wallet_id=uuid.uuid4())[0].id)
    with pytest.raises(CapDayReached):
        open_reward(wallet.id)


def test_what_was_voided_counts_for_no_cap(wallet: Wallet) -> None:
    rule_with(points=10, cap_day_points=10, cooling_off_s=60)
    _void(open_reward(wallet.id))
    open_reward(wallet.id)


def test_a_cooling_off_ends(wallet: Wallet, clock: Callable[..., None]) -> None:
    rule_with(points=10, cooling_off_s=3_600)
    open_reward(wallet.id)
    with pytest.raises(CoolingOff) as refused:
        open_reward(wallet.id)
    assert set(refused.value.fields) == {"again_at", "asked_points"}
    clock(seconds=3_601)
    open_reward(wallet.id)


def test_a_first_answer_comes_again_after_the_cap(wallet: Wallet) -> None:
    rule_with(points=10, cap_day_points=10)
    asked = {"key": next_key(), "evidence": uuid.uuid4()}
    first = open_reward(wallet.id, **asked)
    again = open_reward(wallet.id, **asked)
    assert again.replayed
    assert again.body == first.body
    with pytest.raises(IdempotencyConflict):
        open_reward(wallet.id, **(asked | {"evidence": uuid.uuid4()}))


def test_a_rule_without_checks_posts_at_once_with_one_entry(wallet: Wallet) -> None:
    rule_with(points=5, auto_post_after_days=0)
    answer = open_reward(wallet.id)
    assert (answer.body["state"], answer.body["posts_at"]) == ("posted", None)
    reward = Reward.objects.get()
    assert reward.pending_entry_id is None
    assert SettlementIntent.objects.get().entry_id == reward.decided_entry_id
    assert balances_of(wallet=wallet).available_points == 5


def test_a_sampled_reward_waits_for_a_person_whatever_the_rule_says(wallet: Wallet) -> None:
    rule_with(points=5, auto_post_after_days=0, checked_percent=100)
    answer = open_reward(wallet.id)
    assert (answer.body["state"], answer.body["posts_at"]) == ("pending", None)


@pytest.mark.parametrize("asking", [4, 8])
def test_caps_hold_when_all_ask_at_the_same_moment(
    some_wallet: Callable[[], Wallet], together: Together, asking: int
) -> None:
    rule_with(points=10, cap_day_points=30, cap_month_points=1_000)
    wallet = some_wallet()
    outcomes = together(*[partial(open_reward, wallet.id)] * asking)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 3, outcomes
    assert sum(isinstance(outcome, CapDayReached) for outcome in outcomes) == asking - 3
    assert balances_of(wallet=wallet).pending_points == 30
    assert sum_of_all_balances() == 0


def test_a_cooling_off_lets_one_of_many_through(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with(points=10, cooling_off_s=60)
    wallet = some_wallet()
    outcomes = together(*[partial(open_reward, wallet.id)] * 6)
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, CoolingOff) for outcome in outcomes) == 5


def test_the_same_request_at_the_same_moment_has_one_answer_under_a_cap(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with(points=10, cap_day_points=10)
    asked = {"key": next_key(), "evidence": uuid.uuid4()}
    wallet = some_wallet()
    outcomes = together(*[partial(open_reward, wallet.id, **asked)] * 6)
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    assert len({outcome.body["id"] for outcome in outcomes}) == 1


def test_a_campaign_pays_while_it_lasts(wallet: Wallet, clock: Callable[..., None]) -> None:
    campaign_rule(100)
    open_reward(wallet.id)
    clock(minutes=31)
    with pytest.raises(RuleUnknown):
        open_reward(wallet.id)


def test_a_budget_is_spent_to_the_last_point_and_no_further(wallet: Wallet) -> None:
    campaign = campaign_rule(105)
    # 10 points never fit a slice of 105 / 16: each takes the way through all of them.
    for _ in range(10):
        open_reward(wallet.id)
    with pytest.raises(BudgetExhausted) as refused:
        open_reward(wallet.id)
    assert refused.value.fields == {"left_points": "5"}
    assert left_of(campaign) == 5
    assert campaigns_with_spent() == [(campaign, 100)]


def test_a_voided_reward_gives_its_points_back_to_the_campaign(wallet: Wallet) -> None:
    campaign = campaign_rule(160)
    answer = open_reward(wallet.id)
    assert left_of(campaign) == 150
    _void(answer)
    assert left_of(campaign) == 160


def test_a_refused_reward_takes_nothing_from_the_budget(wallet: Wallet) -> None:
    campaign = campaign_rule(1_600, cap_day_points=10)
    with pytest.raises(WalletUnknown):
        open_reward(uuid.uuid4())
    open_reward(wallet.id)
    with pytest.raises(CapDayReached):
        open_reward(wallet.id)
    assert left_of(campaign) == 1_590


@pytest.mark.parametrize("budget", [40, 250])
def test_a_budget_holds_when_all_ask_at_the_same_moment(
    some_wallet: Callable[[], Wallet], together: Together, budget: int
) -> None:
    campaign = campaign_rule(budget)
    wallets = [some_wallet() for _ in range(8)]

    def ask(wallet: Wallet) -> list[Any]:
        outcomes: list[Any] = []
        for _ in range(4):
            try:
                outcomes.append(open_reward(wallet.id))
            except BudgetExhausted as refusal:
                outcomes.append(refusal)
        return outcomes

    outcomes = [
        outcome
        for asked in together(*[partial(ask, wallet) for wallet in wallets])
        for outcome in asked
    ]
    opened = sum(isinstance(outcome, Answer) for outcome in outcomes)
    assert opened == budget // 10
    assert left_of(campaign) == budget - opened * 10
    assert sum(Reward.objects.values_list("points", flat=True)) == opened * 10
    assert sum_of_all_balances() == 0


def test_opening_and_voiding_at_the_same_moment_lose_no_point(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    campaign = campaign_rule(2_000)
    wallets = [some_wallet() for _ in range(6)]
    opened = [open_reward(wallet.id) for wallet in wallets]
    together(
        *[partial(_void, answer) for answer in opened[:3]],
        *[partial(open_reward, wallet.id) for wallet in wallets],
    )
    alive = sum(Reward.objects.exclude(state="voided").values_list("points", flat=True))
    assert alive == 90
    assert left_of(campaign) == 2_000 - alive


def test_the_database_refuses_an_overdrawn_budget_and_a_lost_slice(db: None) -> None:
    campaign = campaign_rule(160)
    assert CampaignSlice.objects.count() == BUDGET_SLICES
    with pytest.raises(IntegrityError, match="slice_never_overdrawn"), transaction.atomic():
        CampaignSlice.objects.update(remaining_points=-1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CampaignSlice.objects.all()._raw_delete(using="default")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Campaign.objects.filter(id=campaign.id).update(budget_points=1_000)


def test_confirming_takes_nothing_more_from_the_budget(wallet: Wallet) -> None:
    campaign = campaign_rule(160)
    answer = open_reward(wallet.id)
    reward_confirm(client="console", key=next_key(), reward_id=id_of(answer))
    assert left_of(campaign) == 150
    assert Reward.objects.get().rule_code == RULE
