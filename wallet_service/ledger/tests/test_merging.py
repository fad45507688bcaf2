"""Two wallets of one person: points follow, lots keep their dates, and the way back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from wallet_service.ledger import domain
from wallet_service.ledger.errors import (
    IdempotencyConflict,
    IssuingStopped,
    MergeConflict,
    MergeFollowed,
    MergeTooLate,
    MergeUnknown,
    WalletUnknown,
)
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.journal import Draft, entries_write
from wallet_service.ledger.lots import Taken
from wallet_service.ledger.models import JournalEntry, Lot, Wallet, WalletMerge
from wallet_service.ledger.selectors import (
    balances_of,
    balances_together,
    sum_of_all_balances,
    wallets_merged,
)
from wallet_service.ledger.services import (
    correction_debit,
    entry_post,
    hold_release,
    issuing_stop,
    merged_points_follow,
    points_hold,
    wallet_open,
    wallets_merge,
    wallets_unmerge,
)

from .by_hand import execute
from .given import available, dated, granted, new_partner

pytestmark = pytest.mark.usefixtures("committed_db")


def opened() -> Wallet:
    return wallet_open(wallet_id=uuid.uuid4())[0]


def merged(source: Wallet, target: Wallet, key: str | None = None) -> Answer:
    merge_id = uuid.uuid4()
    return wallets_merge(
        client="console",
        key=key or str(merge_id),
        merge_id=merge_id,
        source_id=source.id,
        target_id=target.id,
    )


def undone(merge: Answer) -> Answer:
    merge_id = uuid.UUID(merge.body["id"])
    return wallets_unmerge(client="console", key=f"{merge_id}:undo", merge_id=merge_id)


def followed() -> int:
    return merged_points_follow(now=timezone.now(), limit=100)


def test_lots_keep_their_dates_on_the_way_there_and_back() -> None:
    source, target = opened(), opened()
    for points in (3, 4):
        granted(source, points)
    granted(target, 5)
    days = [timezone.now() + timedelta(days=days) for days in (100, 200)]
    dated(source, *days)

    answer = merged(source, target)
    assert (answer.status, answer.body["moved_points"]) == (201, 7)
    assert (available(source), available(target)) == (0, 12)
    came = Lot.objects.filter(wallet=target, entry__kind="merge_given").order_by("expires_at")
    assert [(lot.points, lot.expires_at) for lot in came] == list(zip((3, 4), days, strict=True))

    assert undone(answer).body["moved_points"] == 7
    assert (available(source), available(target)) == (7, 5)
    left = Lot.objects.filter(wallet=source, remaining_points__gt=0).order_by("expires_at")
    assert [lot.expires_at for lot in left] == days
    assert sum_of_all_balances() == 0


def test_what_was_spent_stays_spent() -> None:
    source, target = opened(), opened()
    granted(source, 10)
    merge = merged(source, target)
    with transaction.atomic():
        points_hold(wallet_id=target.id, points=4, subject=uuid.uuid4())
    undone(merge)
    assert (available(source), available(target)) == (6, 0)
    assert balances_of(wallet=target).held_points == 4


def test_what_waits_and_what_is_held_follows_once_it_is_decided() -> None:
    source, target = opened(), opened()
    entry_post(operation=domain.reward_pending(points=5), wallet_id=source.id)
    granted(source, 8)
    with transaction.atomic():
        hold = points_hold(wallet_id=source.id, points=8, subject=uuid.uuid4())
    merged(source, target)
    together = balances_together(wallet_ids=wallets_merged(wallet_id=target.id))
    assert (together.available_points, together.pending_points, together.held_points) == (0, 5, 8)

    entry_post(operation=domain.reward_posted(points=5), wallet_id=source.id)
    with transaction.atomic():
        hold_release(hold_entry_id=hold)
    assert (followed(), followed()) == (1, 0)
    assert (available(source), available(target)) == (0, 13)


def test_debts_move_and_are_paid() -> None:
    source, target = opened(), opened()
    with transaction.atomic():
        correction_debit(wallet_id=source.id, points=6)
    granted(target, 10)
    assert merged(source, target).body["moved_debt_points"] == 6
    assert available(target) == 4
    with transaction.atomic():
        correction_debit(wallet_id=source.id, points=5)  # about something of before
    followed()
    assert available(target) == 0
    assert balances_of(wallet=target).recoverable_points == 1
    assert balances_of(wallet=source).recoverable_points == 0


def test_a_debt_that_is_still_open_goes_back() -> None:
    source, target = opened(), opened()
    with transaction.atomic():
        correction_debit(wallet_id=source.id, points=6)
    granted(target, 2)
    merge = merged(source, target)
    assert balances_of(wallet=target).recoverable_points == 4
    undone(merge)
    assert balances_of(wallet=source).recoverable_points == 4
    assert balances_of(wallet=target).recoverable_points == 0


def test_a_chain_of_merges_is_undone_from_its_end() -> None:
    one, two, three = opened(), opened(), opened()
    granted(one, 3)
    granted(two, 4)
    first = merged(one, two)
    second = merged(two, three)
    assert wallets_merged(wallet_id=three.id)[1:] == sorted([one.id, two.id])
    with pytest.raises(MergeFollowed):
        undone(first)
    undone(second)
    assert (available(two), available(three)) == (7, 0)
    undone(first)
    assert (available(one), available(two)) == (3, 4)


def test_the_same_request_is_one_merge() -> None:
    source, target = opened(), opened()
    granted(source, 3)
    merge_id = uuid.uuid4()
    asked = {
        "client": "console",
        "key": "k",
        "merge_id": merge_id,
        "source_id": source.id,
        "target_id": target.id,
    }
    first, again = wallets_merge(**asked), wallets_merge(**asked)  # type: ignore[arg-type]
    assert again.replayed
    assert first.body == again.body
    assert available(target) == 3
    with pytest.raises(IdempotencyConflict):
        wallets_merge(**{**asked, "target_id": opened().id})  # type: ignore[arg-type]


def test_what_is_refused() -> None:
    source, target, third = opened(), opened(), opened()
    with pytest.raises(MergeConflict):
        merged(source, source)
    partner = Wallet.objects.get(id=new_partner())
    for one, other in ((partner, target), (source, partner)):
        with pytest.raises(WalletUnknown):
            merged(one, other)
    with pytest.raises(MergeUnknown):
        wallets_unmerge(client="console", key="u", merge_id=uuid.uuid4())

    merge = merged(source, target)
    for one, other in ((source, third), (third, source), (target, source)):
        with pytest.raises(MergeConflict):
            merged(one, other)
    undone(merge)
    with pytest.raises(MergeConflict):
        wallets_unmerge(client="console", key="2", merge_id=uuid.UUID(merge.body["id"]))


def test_it_is_too_late_after_its_time() -> None:
    merge = merged(opened(), opened())
    execute("ALTER TABLE ledger_walletmerge DISABLE TRIGGER USER")
    WalletMerge.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    execute("ALTER TABLE ledger_walletmerge ENABLE TRIGGER USER")
    with pytest.raises(MergeTooLate):
        undone(merge)


def test_nothing_half_happens_while_issuing_is_stopped() -> None:
    source, target = opened(), opened()
    granted(source, 3)
    issuing_stop(reason="test")
    with pytest.raises(IssuingStopped):
        merged(source, target)
    assert not WalletMerge.objects.exists()
    assert (available(source), available(target)) == (3, 0)


def _lot(wallet: Wallet) -> Lot:
    return Lot.objects.get(wallet=wallet)


@pytest.mark.parametrize("wrong", ["alone", "less", "later", "stranger", "unpaired"])
def test_the_database_refuses_half_a_pair(wrong: str) -> None:
    source, target = opened(), opened()
    granted(source, 3)
    merge_id = uuid.UUID(merged(target, source).body["id"])
    lot = _lot(source)
    left, came = time_ordered_uuid(), time_ordered_uuid()
    subject = uuid.uuid4() if wrong == "stranger" else merge_id
    points = 2 if wrong == "less" else 3
    expires_at = lot.expires_at + timedelta(days=wrong == "later")
    take = Draft(
        left, domain.merge_taken(points=3), source.id, subject=subject, taken=[Taken(lot.pk, 3)]
    )
    give = Draft(
        came,
        domain.merge_given(points=points),
        target.id,
        subject=subject,
        corrects=None if wrong == "unpaired" else left,
        new_lot=(points, expires_at),
    )
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        entries_write([take] if wrong == "alone" else [take, give], shard=0)
    assert "merge" in str(refusal.value) or "takes for nobody" in str(refusal.value)
    assert not JournalEntry.objects.filter(kind="merge_given").exists()
