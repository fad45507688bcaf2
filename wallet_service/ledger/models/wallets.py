"""Who holds points, and where they stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import AccountKind, HolderKind

ADDRESS_CHARS = 42


class Wallet(models.Model):
    """A purse known by a random UUID that the caller gives, with a random address of its own.

    Nobody holds a key of that address; the contract only counts points on it.  A citizen's, or a
    partner's, which only collects what vouchers brought in.
    """

    id = models.UUIDField(primary_key=True)
    address = models.CharField(max_length=ADDRESS_CHARS, unique=True)  # EIP-55 checksum form
    holder = models.CharField(
        max_length=8,
        choices=[(holder, holder) for holder in HolderKind],
        db_default=HolderKind.CITIZEN,
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(address__regex=r"^0x[0-9a-fA-F]{40}$"), name="wallet_address_form"
            ),
            models.CheckConstraint(
                condition=Q(holder__in=list(HolderKind)), name="wallet_holder_known"
            ),
        ]


class Account(models.Model):
    """Where points stand.  Four per citizen, one per partner; system accounts are in shards."""

    kind = models.CharField(max_length=32, choices=[(kind, kind) for kind in AccountKind])
    wallet = models.ForeignKey(
        Wallet, null=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    shard = models.SmallIntegerField(null=True)
    balance_points = models.BigIntegerField(db_default=0)
    posting_count = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wallet", "kind"], name="account_one_per_wallet_kind"),
            models.UniqueConstraint(fields=["kind", "shard"], name="account_one_per_system_shard"),
            # Checked on every posting, hence in the cheapest form; which kinds go with which holder
            # is checked when an account is opened.
            models.CheckConstraint(
                condition=Q(wallet__isnull=True, shard__isnull=False)
                | Q(wallet__isnull=False, shard__isnull=True),
                name="account_wallet_or_shard",
            ),
            models.CheckConstraint(
                condition=Q(balance_points__gte=0) | Q(wallet__isnull=True),
                name="account_wallet_not_negative",
            ),
        ]
