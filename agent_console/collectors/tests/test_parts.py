"""Deposits over a cap become points in parts, on the days that have room for them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.db.models import Min
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.citizens.models import Resident
from agent_console.collectors import answers, linking, rewarding, steps
from agent_console.collectors.models import Card, Deposit, DepositPart, DepositState
from agent_console.collectors.tests.conftest import Caps, Clock, FakeWallet, batch, deposit, send

pytestmark = pytest.mark.django_db
FIRST_DAY = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # in Paris


@pytest.fixture(autouse=True)
def card(resident: Resident, agent: User, clock: Clock) -> Card:
    return linking.card_link(
        collector="demo", number="497010123456", resident=resident, actor=agent
    )


def _parts(external_id: str) -> list[tuple[int, str]]:
    parts = DepositPart.objects.filter(deposit__external_id=external_id)
    return [(part.items, part.state) for part in parts]


def _sleep_until_the_next_try(clock: Clock) -> None:
    due = Deposit.objects.filter(state=DepositState.DUE, retry_at__isnull=False)
    next_at = due.aggregate(at=Min("retry_at"))["at"]
    if next_at:
        clock.now = max(clock.now, next_at)


def test_what_is_over_the_days_cap_follows_on_the_next_days(
    wallet: FakeWallet, clock: Clock, resident: Resident
) -> None:
    wallet.caps = Caps(day=100)
    send(batch(deposit("big", items=250)))
    assert rewarding.deposits_reward() == 0
    kept = Deposit.objects.get()
    assert (kept.points, kept.rewarded_items, kept.waits_for_limit) == (100, 100, True)
    assert kept.retry_at is not None
    assert timedelta() <= kept.retry_at - MIDNIGHT < timedelta(seconds=steps.SPREAD_S)
    assert rewarding.deposits_reward() == 0, "not before its time"
    clock.now = kept.retry_at
    assert rewarding.deposits_reward() == 0
    assert wallet.points == 200
    clock.now += timedelta(days=1)
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 250
    assert _parts("big") == [(100, "rewarded"), (100, "rewarded"), (50, "rewarded")]
    days = {timezone.localtime(kept["at"]).date() for kept in wallet.rewards.values()}
    assert len(days) == 3


def test_a_month_that_is_full_is_waited_for(wallet: FakeWallet, clock: Clock) -> None:
    wallet.caps = Caps(day=100, month=120)
    send(batch(deposit("big", items=130)))
    rewarding.deposits_reward()
    clock.now += timedelta(days=1)
    rewarding.deposits_reward()
    kept = Deposit.objects.get()
    assert (kept.points, kept.wait_code) == (120, "cap_month_reached")
    assert kept.retry_at is not None
    assert timezone.localtime(kept.retry_at).date().isoformat() == "2026-12-01"
    clock.now = kept.retry_at
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 130


def test_the_oldest_deposit_goes_first_and_a_later_one_never_takes_its_place(
    wallet: FakeWallet, clock: Clock
) -> None:
    wallet.caps = Caps(day=10)
    send(batch(deposit("first", items=15)))
    rewarding.deposits_reward()
    clock.now += timedelta(hours=1)
    send(batch(deposit("second", items=2)))
    clock.now = MIDNIGHT  # the cap is open again, the first one's own minute has not come
    first = Deposit.objects.get(external_id="first")
    Deposit.objects.filter(pk=first.pk).update(retry_at=MIDNIGHT + timedelta(seconds=1))
    assert rewarding.deposits_reward() == 0
    assert _parts("second") == []
    clock.now += timedelta(seconds=1)
    assert rewarding.deposits_reward() == 2
    assert wallet.points == 17


def test_what_waited_for_a_card_is_spread_over_days_too(
    wallet: FakeWallet, clock: Clock, agent: User
) -> None:
    wallet.caps = Caps(day=10)
    send(batch(*(deposit(f"d-{day}", card="AB123456", items=9) for day in range(3))))
    linking.card_link(
        collector="demo", number="AB123456", resident=Resident.objects.create(), actor=agent
    )
    for _ in range(3):
        rewarding.deposits_reward()
        _sleep_until_the_next_try(clock)
    rewarding.deposits_reward()
    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.REWARDED}
    assert wallet.points == 27
    assert clock.now - FIRST_DAY < timedelta(days=3)


def test_a_cooling_off_is_waited_for_with_the_same_key(wallet: FakeWallet, clock: Clock) -> None:
    wallet.refusals = {7: "cooling_off"}
    send(batch(deposit("a", items=7)))
    assert rewarding.deposits_reward() == 0
    part = DepositPart.objects.get()
    kept = Deposit.objects.get()
    assert (kept.wait_code, kept.attempts) == ("cooling_off", 0)
    wallet.refusals = {}
    _sleep_until_the_next_try(clock)
    assert rewarding.deposits_reward() == 1
    assert set(wallet.rewards) == {f"open:{part.id}"}


def test_a_cap_below_one_item_ends_in_a_refusal(wallet: FakeWallet) -> None:
    wallet.caps, wallet.each = Caps(day=2), 3
    send(batch(deposit("a", items=7)))
    assert rewarding.deposits_reward() == 1
    kept = Deposit.objects.get()
    assert (kept.state, kept.refusal_code) == (DepositState.REFUSED, steps.CAP_BELOW_ITEM)
    assert _parts("a") == [(7, "refused")]


def test_nothing_is_waited_for_longer_than_a_year(wallet: FakeWallet, clock: Clock) -> None:
    wallet.caps = Caps(day=100, month=1)
    send(batch(deposit("a", items=100)))
    for _ in range(20):
        rewarding.deposits_reward()
        _sleep_until_the_next_try(clock)
    kept = Deposit.objects.get()
    assert (kept.state, kept.refusal_code) == (DepositState.REFUSED, steps.WAITED_TOO_LONG)
    assert kept.points == wallet.points == 13  # the first day's, and those of twelve months
    assert kept.state_label == "Récompensé en partie"
    assert clock.now < FIRST_DAY + steps.WAIT_MAX


def test_a_lost_answer_to_a_larger_size_is_found_again(
    wallet: FakeWallet, clock: Clock, resident: Resident
) -> None:
    """The wallet gave 20 points without being heard; meanwhile the part was made smaller."""
    resident.refresh_from_db()
    wallet.wallets.add(str(resident.wallet_id))
    send(batch(deposit("a", items=20)))
    wallet.lost = 1
    rewarding.deposits_reward()
    assert (wallet.points, DepositPart.objects.get().unanswered) == (20, 1)
    DepositPart.objects.update(items=5, former_items=[20])
    _sleep_until_the_next_try(clock)
    rewarding.deposits_reward()
    _sleep_until_the_next_try(clock)
    rewarding.deposits_reward()
    assert wallet.points == 20
    assert _parts("a") == [(20, "rewarded")]
    assert Deposit.objects.get().state == DepositState.REWARDED


def test_more_than_an_entry_may_hold_is_asked_for_in_halves(wallet: FakeWallet) -> None:
    wallet.refusals = dict.fromkeys((100, 50, 75, 88), "reward_too_large")
    send(batch(deposit("a", items=100)))
    assert rewarding.deposits_reward() == 1
    assert wallet.points == 100
    wallet.refusals = {1: "reward_too_large"}
    send(batch(deposit("one", items=1)))
    assert rewarding.deposits_reward() == 1
    assert Deposit.objects.get(external_id="one").refusal_code == steps.REWARD_TOO_LARGE


def test_a_late_answer_to_what_was_settled_meanwhile_changes_nothing(wallet: FakeWallet) -> None:
    send(batch(deposit("a", items=7)))
    part = rewarding._claim(now=timezone.now())[0]
    found = rewarding._ask([part])
    assert answers.answers_record(found, now=timezone.now()) == 1
    before = Deposit.objects.values().get()
    assert answers.answers_record(found, now=timezone.now()) == 0
    assert Deposit.objects.values().get() == before


def _crash_before_the_part_is_kept() -> Any:
    return patch.object(DepositPart.objects, "bulk_create", side_effect=OperationalError)


def _crash_before_the_request() -> Any:
    return patch.object(rewarding, "_ask", side_effect=OperationalError)


def _crash_after_the_answer() -> Any:
    return patch.object(answers, "answers_record", side_effect=OperationalError)


def _crash_while_the_answer_is_written() -> Any:
    return patch.object(Deposit, "save", side_effect=OperationalError)


CRASHES: list[Callable[[], Any]] = [
    _crash_before_the_part_is_kept,
    _crash_before_the_request,
    _crash_after_the_answer,
    _crash_while_the_answer_is_written,
]


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_between_any_two_steps_of_every_round_is_harmless(
    wallet: FakeWallet, clock: Clock, crash: Callable[[], Any]
) -> None:
    wallet.caps = Caps(day=10)
    send(batch(deposit("a", items=25), deposit("b", items=4)))
    for _ in range(40):
        with crash(), suppress(OperationalError):
            rewarding.deposits_reward()
        _sleep_until_the_next_try(clock)
        rewarding.deposits_reward()
        if not Deposit.objects.filter(state=DepositState.DUE).exists():
            break
        _sleep_until_the_next_try(clock)
    assert wallet.points == 29
    assert sum(Deposit.objects.values_list("points", flat=True)) == 29
    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.REWARDED}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    day=st.integers(5, 20),
    month=st.one_of(st.none(), st.integers(20, 60)),
    each=st.integers(1, 3),
    items=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    faults=st.lists(st.sampled_from(["ok", "away", "lost", *range(len(CRASHES))]), max_size=8),
)
def test_whatever_the_caps_and_faults_each_item_earns_once(
    wallet: FakeWallet,
    clock: Clock,
    day: int,
    month: int | None,
    each: int,
    items: list[int],
    faults: list[str | int],
) -> None:
    DepositPart.objects.all().delete()
    Deposit.objects.all().delete()
    wallet.rewards.clear()
    wallet.caps, wallet.each = Caps(day=day, month=month), each
    clock.now = FIRST_DAY
    left = list(faults)
    waiting = [deposit(f"d-{number}", items=count) for number, count in enumerate(items)]
    for _ in range(400):
        if waiting:
            send(batch(waiting.pop(0)))
        fault = left.pop() if left else "ok"
        wallet.failures = [503] if fault == "away" else []
        wallet.lost = 1 if fault == "lost" else 0
        if isinstance(fault, int):
            with CRASHES[fault](), suppress(OperationalError):
                rewarding.deposits_reward()
        else:
            rewarding.deposits_reward()
        given_points = sum(Deposit.objects.values_list("points", flat=True))
        assert given_points <= wallet.points <= sum(items) * each
        if not waiting and not Deposit.objects.filter(state=DepositState.DUE).exists():
            break
        _sleep_until_the_next_try(clock)
    assert list(Deposit.objects.values_list("state", flat=True)) == ["rewarded"] * len(items)
    assert wallet.points == sum(items) * each
    for kept in Deposit.objects.prefetch_related("parts"):
        assert kept.points == kept.items * each == sum(part.points for part in kept.parts.all())
