"""Spendable points by the date on which they expire."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .journal import JournalEntry
from .wallets import Wallet


class Lot(models.Model):
    """Points that became spendable together and expire together.

    ``remaining_points`` moves by the trigger on ``LotMovement`` only; what remains of a wallet's
    lots is its available balance.
    """

    wallet = models.ForeignKey(
        Wallet,
        on_delete=models.PROTECT,
        related_name="lots",
        db_index=False,
        db_constraint=False,
    )
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="lot", db_constraint=False
    )
    points = models.BigIntegerField()
    remaining_points = models.BigIntegerField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="lot_points_positive"),
            models.CheckConstraint(
                condition=Q(remaining_points__gte=0, remaining_points__lte=F("points")),
                name="lot_remaining_bounded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wallet", "expires_at", "id"],
                name="lot_oldest_first",
                condition=Q(remaining_points__gt=0),
            ),
            models.Index(
                fields=["expires_at", "id"],
                name="lot_by_expiry",
                condition=Q(remaining_points__gt=0),
            ),
        ]


class LotMovement(models.Model):
    """Points that an entry took from a lot (below zero) or put back into it.  Append-only."""

    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="lot_movements",
        db_index=False,
        db_constraint=False,
    )
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        related_name="movements",
        db_index=False,
        db_constraint=False,
    )
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "lot"], name="lotmovement_once_per_entry"),
            models.CheckConstraint(condition=~Q(points=0), name="lotmovement_not_zero"),
        ]
