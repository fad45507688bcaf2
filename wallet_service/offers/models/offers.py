"""What can be had, its history, and how much of it is left."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY

from ..domain import (
    MAX_PER_WALLET,
    MAX_REIMBURSEMENT_CENTS,
    MAX_STOCK,
    MAX_VOUCHER_DAYS,
    OfferState,
)
from .partners import Partner

TITLE_CHARS = 120
TEXT_CHARS = 2_000


class Offer(models.Model):
    """Something for ``price_points``; the partner is reimbursed ``reimbursement_cents`` for each.

    ``stock`` is the number of vouchers that may ever be taken (none: as many as are asked for),
    ``valid_until`` is exclusive.  ``communes`` (INSEE) are those whose residents may have it;
    empty means all.  Each change raises ``version`` and leaves an ``OfferChange`` (trigger), which
    is what a voucher of that version promises.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="offers")
    title = models.CharField(max_length=TITLE_CHARS)
    description = models.CharField(max_length=TEXT_CHARS)
    how_to_use = models.CharField(max_length=TEXT_CHARS)
    price_points = models.IntegerField()
    reimbursement_cents = models.IntegerField()
    stock = models.IntegerField(null=True)
    per_wallet_limit = models.IntegerField(null=True)
    communes = ArrayField(models.CharField(max_length=5))
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    voucher_days = models.SmallIntegerField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in OfferState])
    version = models.IntegerField()
    changed_by = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(price_points__gte=1, price_points__lte=MAX_POINTS_PER_ENTRY),
                name="offer_price_bounded",
            ),
            models.CheckConstraint(
                condition=Q(
                    reimbursement_cents__gte=0, reimbursement_cents__lte=MAX_REIMBURSEMENT_CENTS
                ),
                name="offer_reimbursement_bounded",
            ),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=0, stock__lte=MAX_STOCK),
                name="offer_stock_bounded",
            ),
            models.CheckConstraint(
                condition=Q(per_wallet_limit__isnull=True)
                | Q(per_wallet_limit__gte=1, per_wallet_limit__lte=MAX_PER_WALLET),
                name="offer_limit_bounded",
            ),
            models.CheckConstraint(
                condition=Q(voucher_days__gte=1, voucher_days__lte=MAX_VOUCHER_DAYS),
                name="offer_voucher_days_bounded",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="offer_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(state__in=OfferState), name="offer_state"),
            models.CheckConstraint(condition=~Q(title=""), name="offer_has_a_title"),
        ]


class OfferChange(models.Model):
    """One version of an offer: before, after, who, when.  Append-only, written by trigger."""

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    version = models.IntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()
    actor = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "version"], name="offer_change_once")
        ]


class OfferStock(models.Model):
    """How many vouchers of a limited offer are taken (held or captured); never above ``total``.

    Apart from the offer, so that a redemption changes no row that a supervisor edits.  ``total``
    is the offer's stock; while it is null nothing is counted.
    """

    offer = models.OneToOneField(
        Offer, primary_key=True, on_delete=models.PROTECT, related_name="counter"
    )
    total = models.IntegerField(null=True)
    taken = models.IntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(total__isnull=True) | Q(taken__lte=F("total"))),
                name="stock_never_below_zero",
            )
        ]
