"""Wallets that turned out to be one person's, and wallets that are nobody's any more."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .wallets import Wallet


class WalletMerge(models.Model):
    """From now on what ``source`` has or gets is ``target``'s, until it is undone.

    The source's history, rewards and vouchers stay where they are; points that become spendable
    there, and what it comes to owe, follow.  Only ``undone_at`` ever changes, once.
    """

    id = models.UUIDField(primary_key=True)  # the caller's
    source = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="merges_away", db_index=False
    )
    target = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="merges_here", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="merge_of_two_wallets"),
            models.UniqueConstraint(
                fields=["source"], name="merge_source_once", condition=Q(undone_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                fields=["target"], name="merge_by_target", condition=Q(undone_at__isnull=True)
            ),
        ]


class WalletClosure(models.Model):
    """The wallet is nobody's: whatever is, or becomes, spendable in it is forfeited.  Append-only.

    Only the caller knew whose it was, and has forgotten it.
    """

    wallet = models.OneToOneField(
        Wallet, primary_key=True, on_delete=models.PROTECT, related_name="closure"
    )
    closed_at = models.DateTimeField(db_default=Now())
