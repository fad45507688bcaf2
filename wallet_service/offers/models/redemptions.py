"""Vouchers and what is disputed about them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from service_kit.voucher_code import LENGTH as CODE_CHARS
from wallet_service.ledger.models import JournalEntry, Wallet
from wallet_service.rewards.domain import Channel

from ..domain import DisputeSide, DisputeState, RedemptionState
from .offers import Offer
from .partners import Partner
from .statements import Statement

SITE_CHARS = 80
REASON_CHARS = 40


def _entry(*, null: bool = False) -> models.ForeignKey[JournalEntry]:
    return models.ForeignKey(
        JournalEntry, null=null, on_delete=models.PROTECT, related_name="+", db_index=False
    )


def _set_exactly_in(states: list[RedemptionState], fields: list[str]) -> models.CheckConstraint:
    """All ``fields`` have a value in ``states`` and none of them in any other."""
    filled = Q(state__in=states, **{f"{field}__isnull": False for field in fields})
    empty = ~Q(state__in=states) & Q(**{f"{field}__isnull": True for field in fields})
    return models.CheckConstraint(condition=filled | empty, name=f"redemption_{fields[-1]}_fits")


class Redemption(models.Model):
    """Points held for a voucher, until its partner captures it, or it is cancelled or lapses.

    ``offer_version``, ``points`` and ``reimbursement_cents`` are those of the moment it was taken:
    what was promised stays.  The legal changes are a table in ``domain`` and a trigger.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="redemptions", db_index=False
    )
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="redemptions", db_index=False
    )
    offer_version = models.IntegerField()
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="redemptions", db_index=False
    )
    channel = models.CharField(max_length=16, choices=[(channel, channel) for channel in Channel])
    code = models.CharField(max_length=CODE_CHARS)
    points = models.IntegerField()
    reimbursement_cents = models.IntegerField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in RedemptionState])
    hold_entry = _entry()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    capture_entry = _entry(null=True)
    captured_at = models.DateTimeField(null=True)
    cashier = models.UUIDField(null=True)
    site = models.CharField(max_length=SITE_CHARS, db_default="")
    own_voucher = models.BooleanField(db_default=False)
    flagged = models.BooleanField(db_default=False)  # opened a review of the wallet at the partner
    release_entry = _entry(null=True)
    released_at = models.DateTimeField(null=True)
    refund_entry = _entry(null=True)
    refunded_at = models.DateTimeField(null=True)
    statement = models.ForeignKey(
        Statement, null=True, on_delete=models.PROTECT, related_name="redemptions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="redemption_code_once"),
            *[
                _set_exactly_in(states, fields)
                for states, fields in (
                    (
                        [RedemptionState.CAPTURED, RedemptionState.REFUNDED],
                        ["capture_entry", "captured_at", "cashier"],
                    ),
                    (
                        [RedemptionState.CANCELLED, RedemptionState.EXPIRED],
                        ["release_entry", "released_at"],
                    ),
                    ([RedemptionState.REFUNDED], ["refund_entry", "refunded_at"]),
                )
            ],
            models.CheckConstraint(
                condition=Q(statement__isnull=True) | Q(state=RedemptionState.CAPTURED),
                name="redemption_in_a_statement_is_captured",
            ),
        ]
        indexes = [
            models.Index(fields=["wallet", "id"], name="redemption_of_wallet"),
            models.Index(fields=["offer", "wallet"], name="redemption_per_wallet"),
            models.Index(
                fields=["expires_at"],
                name="redemption_lapses",
                condition=Q(state=RedemptionState.HELD),
            ),
            models.Index(
                fields=["partner", "captured_at"],
                name="redemption_captures",
                condition=Q(captured_at__isnull=False),
            ),
            models.Index(
                fields=["captured_at"],
                name="redemption_spent",
                condition=Q(state=RedemptionState.CAPTURED),
            ),
        ]


class Dispute(models.Model):
    """A captured voucher that the partner or a supervisor says is wrong; one open at a time."""

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="disputes")
    reason = models.CharField(max_length=REASON_CHARS)
    side = models.CharField(max_length=16, choices=[(side, side) for side in DisputeSide])
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=16, choices=[(state, state) for state in DisputeState])
    correction = models.UUIDField(null=True)  # what proposes the refund
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["redemption"],
                name="dispute_one_open",
                condition=Q(state__in=[DisputeState.OPEN, DisputeState.REFUND_PROPOSED]),
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.OPEN)
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                | Q(state=DisputeState.REFUNDED),
                name="dispute_decided_by_somebody",
            ),
        ]
