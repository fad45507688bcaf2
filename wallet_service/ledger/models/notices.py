"""Announcements that points will expire."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import NoticeOutcome

from .lots import Lot
from .wallets import Wallet


class ExpiryNotice(models.Model):
    """``points`` of a wallet expire on a date, and the citizen must be told.

    The caller that tells people acknowledges it once; lots expire only a notice period later.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="expiry_notices", db_index=False
    )
    expires_at = models.DateTimeField()
    points = models.BigIntegerField()
    outcome = models.CharField(  # noqa: DJ001 - null until it is acknowledged
        max_length=12, choices=[(outcome, outcome) for outcome in NoticeOutcome], null=True
    )
    acknowledged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="notice_points_positive"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, acknowledged_at__isnull=True)
                | Q(outcome__in=list(NoticeOutcome), acknowledged_at__isnull=False),
                name="notice_acknowledged_with_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="notice_waiting", condition=Q(acknowledged_at__isnull=True)
            ),
        ]


class LotNotice(models.Model):
    """A lot is announced once, by one notice.  Append-only."""

    lot = models.OneToOneField(
        Lot, primary_key=True, on_delete=models.PROTECT, related_name="announced"
    )
    notice = models.ForeignKey(ExpiryNotice, on_delete=models.PROTECT, related_name="lots")
