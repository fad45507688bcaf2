"""A dispute is opened by one side, its refund proposed by one person and applied by another."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from wallet_service.ledger.models import Account
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.ledger.tests.by_hand import execute
from wallet_service.offers import errors
from wallet_service.offers.domain import DISPUTES_A_VOUCHER, Decision, paris_day
from wallet_service.offers.models import Dispute, Offer, Partner, Redemption
from wallet_service.offers.selectors.statements import statement_preview
from wallet_service.offers.services.disputes import dispute_decide, dispute_open
from wallet_service.offers.services.lapsing import holds_lapse_due
from wallet_service.offers.services.statements import statement_close
from wallet_service.rewards.correcting import correction_decide
from wallet_service.rewards.errors import SamePerson
from wallet_service.rewards.models import Correction

from .shop import (
    ACTOR,
    CLIENT,
    SIRETS,
    balances,
    cancel,
    capture,
    funded,
    key,
    offer_opened,
    partner_opened,
    stock_taken,
    taken,
)

AsRuntime = Callable[[], AbstractContextManager[None]]
SECOND = uuid.UUID("0b000000-0000-4000-8000-00000000000b")


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_opened()


@pytest.fixture
def offer(partner: Partner) -> Offer:
    return offer_opened(partner, stock=10)


@pytest.fixture
def captured(offer: Offer) -> Redemption:
    redemption = taken(funded(100), offer)
    capture(redemption)
    return redemption


def _open(redemption: Redemption, **more: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"key": key(), "partner_id": redemption.partner_id} | more
    return dispute_open(
        client=CLIENT, code=redemption.code, reason="scanned_by_mistake", actor=ACTOR, **asked
    ).body


def _decide(dispute: dict[str, Any], decision: Decision, **more: Any) -> dict[str, Any]:
    return dispute_decide(
        client=CLIENT,
        key=more.get("key") or key(),
        dispute_id=uuid.UUID(dispute["id"]),
        decision=decision,
        actor=ACTOR,
    ).body


def _second(approve: bool, actor: uuid.UUID = SECOND) -> None:
    correction_decide(
        client=CLIENT,
        key=key(),
        correction_id=Correction.objects.latest("id").id,
        approve=approve,
        actor=actor,
    )


def _close(partner: Partner, *, days: int = 1) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=days)
    statement_close(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        until=paris_day(tomorrow),
        actor=ACTOR,
        now=tomorrow,
    )


def test_a_refund_takes_two_people_and_returns_everything(
    partner: Partner, offer: Offer, captured: Redemption
) -> None:
    dispute = _open(captured)
    assert (dispute["state"], dispute["by"], dispute["offer_title"]) == (
        "open",
        "partner",
        offer.title,
    )
    proposed = _decide(dispute, Decision.REFUND, key="decide")
    assert _decide(dispute, Decision.REFUND, key="decide") == proposed
    assert (proposed["state"], Correction.objects.count()) == ("refund_proposed", 1)
    assert balances(captured.wallet_id).available_points == 60  # nothing has moved yet
    with pytest.raises(SamePerson):
        _second(approve=True, actor=ACTOR)
    _second(approve=True)
    captured.refresh_from_db()
    assert captured.state == "refunded"
    assert Dispute.objects.get().state == "refunded"
    assert Correction.objects.get().entry_id == captured.refund_entry_id
    assert (balances(captured.wallet_id).available_points, stock_taken(offer)) == (100, 0)
    assert Account.objects.get(wallet_id=partner.id).balance_points == 0
    assert sum_of_all_balances() == 0
    with pytest.raises(errors.VoucherRefunded):
        capture(captured)


def test_a_dismissed_dispute_leaves_the_voucher_and_can_follow_again(captured: Redemption) -> None:
    dispute = _open(captured, partner_id=None)
    assert dispute["by"] == "supervisor"
    with pytest.raises(errors.DisputeExists):
        _open(captured)
    assert _decide(dispute, Decision.DISMISS)["state"] == "dismissed"
    for decision in Decision:
        with pytest.raises(errors.DisputeDecided):
            _decide(dispute, decision)
    assert _open(captured)["state"] == "open"
    assert not Correction.objects.exists()


def test_a_second_dismissal_is_final(captured: Redemption, as_runtime: AsRuntime) -> None:
    for _ in range(DISPUTES_A_VOUCHER):
        _decide(_open(captured), Decision.DISMISS)
    for partner_id in (captured.partner_id, None):  # not the city's either
        with pytest.raises(errors.DisputeFinal):
            _open(captured, partner_id=partner_id)
    with as_runtime(), pytest.raises(IntegrityError, match="disputed often enough"):
        execute(
            "INSERT INTO offers_dispute (id, redemption_id, reason, side, opened_by, state)"
            " VALUES (%s, %s, 'wrong_amount', 'partner', %s, 'open')",
            uuid.uuid4(),
            captured.id,
            ACTOR,
        )
    migration = import_module(
        "wallet_service.offers.migrations.0004_agreements_apart_disputes_bounded"
    )
    assert migration.DISPUTES == DISPUTES_A_VOUCHER == Dispute.objects.count()


def test_a_rejected_refund_opens_the_dispute_again(captured: Redemption) -> None:
    dispute = _open(captured)
    _decide(dispute, Decision.REFUND)
    _second(approve=False)
    again = Dispute.objects.get()
    assert (again.state, again.correction, again.decided_by) == ("open", None, None)
    captured.refresh_from_db()
    assert captured.state == "captured"
    assert _decide(dispute, Decision.DISMISS)["state"] == "dismissed"


def test_a_closed_period_is_not_refunded(
    partner: Partner, offer: Offer, captured: Redemption
) -> None:
    _close(partner)
    late = _open(captured)
    with pytest.raises(errors.PeriodClosed):
        _decide(late, Decision.REFUND)
    assert Redemption.objects.get().state == "captured"
    assert not Correction.objects.exists()


def test_what_is_disputed_waits_for_the_next_period(
    partner: Partner, offer: Offer, captured: Redemption
) -> None:
    kept, proposed = taken(funded(100), offer), taken(funded(100), offer)
    for redemption in (kept, proposed):
        capture(redemption)
    open_one, refunded = _open(captured), _open(proposed)
    _decide(refunded, Decision.REFUND)
    tomorrow = paris_day(timezone.now() + dt.timedelta(days=1))
    preview = statement_preview(partner_id=partner.id, until=tomorrow)
    assert (preview["vouchers"], preview["points"], preview["open_disputes"]) == (1, kept.points, 2)
    _close(partner)
    assert set(Redemption.objects.exclude(statement=None)) == {kept}
    _second(approve=True)  # still possible: its points were not burnt
    _decide(open_one, Decision.DISMISS)
    _close(partner, days=2)
    assert set(Redemption.objects.exclude(statement=None)) == {kept, captured}
    assert Account.objects.get(wallet_id=partner.id).balance_points == 0
    assert sum_of_all_balances() == 0


def test_nothing_is_closed_when_all_is_disputed(partner: Partner, captured: Redemption) -> None:
    _open(captured)
    with pytest.raises(errors.NothingToClose):
        _close(partner)


def test_a_refunded_voucher_is_in_no_statement(
    partner: Partner, offer: Offer, captured: Redemption
) -> None:
    kept = taken(funded(100), offer)
    capture(kept)
    _decide(_open(captured), Decision.REFUND)
    _second(approve=True)
    _close(partner)
    assert set(Redemption.objects.exclude(statement=None)) == {kept}


def test_only_what_was_used_can_be_disputed_and_only_by_its_own(
    offer: Offer, captured: Redemption
) -> None:
    held, cancelled = taken(funded(100), offer), taken(funded(100), offer)
    cancel(cancelled)
    for redemption in (held, cancelled):
        with pytest.raises(errors.VoucherNotCaptured):
            _open(redemption)
    with pytest.raises(errors.VoucherOtherPartner):
        _open(captured, partner_id=partner_opened(SIRETS[1]).id)
    with pytest.raises(errors.DisputeUnknown):
        _decide({"id": str(uuid.uuid4())}, Decision.DISMISS)


def test_the_runtime_role_can_do_all_of_it(
    partner: Partner, offer: Offer, as_runtime: AsRuntime
) -> None:
    with as_runtime():
        captured, kept, lapsed = (taken(funded(100), offer) for _ in range(3))
        cancel(taken(funded(100), offer))
        capture(captured)
        capture(kept)
        assert holds_lapse_due(now=lapsed.expires_at, limit=10) == 1
        _decide(_open(captured), Decision.REFUND)
        _second(approve=True)
        _close(partner)
    states = sorted(Redemption.objects.values_list("state", flat=True))
    assert states == ["cancelled", "captured", "expired", "refunded"]
