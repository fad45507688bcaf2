"""What looks wrong is held back until a person has looked; what is due posts by itself."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of
from wallet_service.ledger.services import issuing_resume, issuing_stop, wallet_open
from wallet_service.rewards.domain import ReviewPattern, ReviewState, RewardState
from wallet_service.rewards.errors import ReviewDecided, ReviewUnknown
from wallet_service.rewards.models import ReviewCase, Reward, RewardSignal
from wallet_service.rewards.patterns import Signals
from wallet_service.rewards.posting import rewards_post_due
from wallet_service.rewards.reviewing import review_decide, review_open
from wallet_service.rewards.selectors import reviews_page, reviews_shown
from wallet_service.rewards.services import reward_confirm, reward_void

from .conftest import id_of, next_key, open_reward, rule_with

Together = Callable[..., list[Any]]
ACTOR = uuid.UUID(int=9)


def _digest() -> bytes:
    return os.urandom(32)


def _decide(case: ReviewCase, state: ReviewState, *, key: str | None = None) -> Answer:
    return review_decide(
        client="console", key=key or next_key(), case_id=case.id, state=state, actor=ACTOR
    )


def _post_due(*, days: int = 8) -> int:
    return rewards_post_due(now=timezone.now() + timedelta(days=days), limit=100)


def _case_about_a_pending_reward(wallet: Wallet, **terms: Any) -> ReviewCase:
    rule_with(**({"auto_post_after_days": 7} | terms))
    photo = _digest()
    open_reward(wallet.id, signals=Signals(photos=(photo,)))
    open_reward(wallet.id, signals=Signals(photos=(photo,)))
    return ReviewCase.objects.get()


def test_the_same_photo_from_anybody_opens_a_case(wallet: Wallet) -> None:
    rule_with()
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    photo = _digest()
    first = open_reward(wallet.id, signals=Signals(photos=(_digest(), photo)))
    second = open_reward(other.id, signals=Signals(photos=(photo, _digest())))
    assert (first.body["review"], second.body["review"]) == (None, "open")
    case = ReviewCase.objects.get()
    assert (case.pattern, case.subject, case.wallet_id) == (
        ReviewPattern.SAME_PHOTO,
        id_of(second),
        other.id,
    )


def test_the_third_time_at_one_place_opens_a_case(wallet: Wallet) -> None:
    rule_with()
    place = Signals(place=_digest())
    reviews = [open_reward(wallet.id, signals=place).body["review"] for _ in range(4)]
    assert reviews == [None, None, "open", "open"]
    assert {case.pattern for case in ReviewCase.objects.all()} == {ReviewPattern.SAME_PLACE}


def test_others_at_the_place_and_visits_long_ago_are_nothing_wrong(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_with()
    place = Signals(place=_digest())
    open_reward(wallet.id, signals=place)
    open_reward(wallet.id, signals=place)
    open_reward(wallet_open(wallet_id=uuid.uuid4())[0].id, signals=place)
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    open_reward(wallet.id, signals=place)
    assert not ReviewCase.objects.exists()


def test_both_patterns_are_two_cases_about_one_reward(wallet: Wallet) -> None:
    rule_with()
    signals = Signals(photos=(_digest(),), place=_digest())
    for _ in range(2):
        open_reward(wallet.id, signals=Signals(place=signals.place))
    open_reward(wallet.id, signals=Signals(photos=signals.photos))
    answer = open_reward(wallet.id, signals=signals)
    assert {case.pattern for case in ReviewCase.objects.filter(subject=id_of(answer))} == {
        "same_photo",
        "same_place",
    }
    _decide(ReviewCase.objects.first(), ReviewState.CLEARED)  # type: ignore[arg-type]
    assert reviews_shown(subjects=[id_of(answer)]) == {id_of(answer): ReviewState.OPEN}


def test_what_looks_wrong_is_not_posted_at_once(wallet: Wallet) -> None:
    case = _case_about_a_pending_reward(wallet, auto_post_after_days=0)
    assert Reward.objects.get(id=case.subject).state == RewardState.PENDING
    assert _post_due() == 0
    _decide(case, ReviewState.CLEARED)
    assert _post_due() == 1
    assert balances_of(wallet=wallet).available_points == 20


def test_due_rewards_post_once_and_others_wait(wallet: Wallet) -> None:
    rule_with(auto_post_after_days=7)
    due = open_reward(wallet.id)
    voided = open_reward(wallet.id)
    reward_void(client="console", key=next_key(), reward_id=id_of(voided), reason="rejected")
    rule_with(auto_post_after_days=7, checked_percent=100)
    open_reward(wallet.id)
    assert due.body["posts_at"] is not None
    assert _post_due(days=6) == 0
    assert _post_due() == 1
    assert _post_due() == 0
    assert Reward.objects.get(id=id_of(due)).state == RewardState.POSTED
    assert SettlementIntent.objects.count() == 1


def test_posting_stops_and_goes_on_with_issuing(wallet: Wallet) -> None:
    rule_with(auto_post_after_days=1)
    open_reward(wallet.id)
    issuing_stop(reason="drift")
    assert _post_due() == 0
    assert Reward.objects.get().state == RewardState.PENDING
    issuing_resume()
    assert _post_due() == 1


def test_two_workers_post_each_reward_once(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with(auto_post_after_days=7)
    wallet = some_wallet()
    for _ in range(6):
        open_reward(wallet.id)
    assert sum(together(*[_post_due] * 3)) == 6
    assert balances_of(wallet=wallet).available_points == 60


def test_a_person_may_confirm_while_a_case_is_open(wallet: Wallet) -> None:
    case = _case_about_a_pending_reward(wallet)
    assert _post_due() == 1  # only the first one
    answer = reward_confirm(client="console", key=next_key(), reward_id=case.subject)
    assert (answer.body["state"], answer.body["review"]) == ("posted", "open")


def test_confirmed_fraud_voids_what_is_pending(wallet: Wallet) -> None:
    case = _case_about_a_pending_reward(wallet)
    answer = _decide(case, ReviewState.CONFIRMED_FRAUD, key="same")
    assert (answer.body["state"], answer.body["decided_by"]) == ("confirmed_fraud", str(ACTOR))
    assert (answer.body["reward"]["state"], answer.body["reward"]["review"]) == (
        "voided",
        "confirmed_fraud",
    )
    assert Reward.objects.get(id=case.subject).void_reason == "confirmed_fraud"
    assert balances_of(wallet=wallet).pending_points == 10
    again = _decide(case, ReviewState.CONFIRMED_FRAUD, key="same")
    assert again.replayed
    assert again.body == answer.body


def test_confirmed_fraud_leaves_what_was_posted_to_a_correction(wallet: Wallet) -> None:
    case = _case_about_a_pending_reward(wallet)
    reward_confirm(client="console", key=next_key(), reward_id=case.subject)
    answer = _decide(case, ReviewState.CONFIRMED_FRAUD)
    assert answer.body["reward"]["state"] == "posted"


def test_a_case_about_a_voucher_is_opened_once_and_decided(wallet: Wallet) -> None:
    voucher = uuid.uuid4()
    case = review_open(pattern=ReviewPattern.OWN_VOUCHER, wallet_id=wallet.id, subject=voucher)
    again = review_open(pattern=ReviewPattern.OWN_VOUCHER, wallet_id=wallet.id, subject=voucher)
    assert case.id == again.id
    assert _decide(case, ReviewState.CONFIRMED_FRAUD).body["reward"] is None
    assert reviews_page(state=ReviewState.OPEN, before=None, limit=10) == []
    assert [one.id for one in reviews_page(state=None, before=None, limit=10)] == [case.id]


def test_a_decided_case_is_decided(wallet: Wallet) -> None:
    case = _case_about_a_pending_reward(wallet)
    _decide(case, ReviewState.CLEARED)
    with pytest.raises(ReviewDecided):
        _decide(case, ReviewState.CONFIRMED_FRAUD)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ReviewCase.objects.update(state=ReviewState.CONFIRMED_FRAUD)
    with pytest.raises(ReviewUnknown):
        review_decide(
            client="console",
            key=next_key(),
            case_id=uuid.uuid4(),
            state=ReviewState.CLEARED,
            actor=ACTOR,
        )


def test_of_two_decisions_at_the_same_moment_one_counts(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    case = _case_about_a_pending_reward(some_wallet())
    outcomes = together(
        partial(_decide, case, ReviewState.CLEARED),
        partial(_decide, case, ReviewState.CONFIRMED_FRAUD),
        partial(_decide, case, ReviewState.CLEARED),
    )
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, ReviewDecided) for outcome in outcomes) == 2


def test_the_same_photo_at_the_same_moment_escapes_nobody(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with()
    photo = Signals(photos=(_digest(),))
    outcomes = together(*[partial(open_reward, some_wallet().id, signals=photo) for _ in range(5)])
    assert sorted(str(outcome.body["review"]) for outcome in outcomes) == ["None"] + ["open"] * 4


def test_signals_and_cases_are_kept_with_the_rights_of_the_runtime_role(
    wallet: Wallet, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    rule_with(auto_post_after_days=7)
    signals = Signals(photos=(_digest(),), place=_digest())
    with as_runtime():
        for _ in range(2):
            open_reward(wallet.id, signals=signals)
        _decide(ReviewCase.objects.get(), ReviewState.CONFIRMED_FRAUD)
        assert _post_due() == 1
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RewardSignal.objects.update(wallet_id=uuid.uuid4())
