"""Tables of the ledger.

What the database enforces besides what is written here: entries, postings and idempotency keys
can't be changed or removed by anybody (``migrations/0002_append_only``); balances move only by the
trigger on posting, and an entry's postings sum to zero at commit (``0003_balances``); an entry and
its settlement intent are written together and for the same points (``0005_entries_settle``).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .domain import WALLET_KINDS, AccountKind, EntryKind, SettlementOperation

ADDRESS_CHARS = 42


class Wallet(models.Model):
    """A purse known by a random UUID that the caller gives, with a random address of its own.

    Nobody holds a key of that address; the contract only counts points on it.
    """

    id = models.UUIDField(primary_key=True)
    address = models.CharField(max_length=ADDRESS_CHARS, unique=True)  # EIP-55 checksum form
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(address__regex=r"^0x[0-9a-fA-F]{40}$"), name="wallet_address_form"
            )
        ]


class Account(models.Model):
    """Where points stand.  Three per wallet; system accounts are split into shards."""

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
            models.CheckConstraint(
                condition=Q(kind__in=WALLET_KINDS, wallet__isnull=False, shard__isnull=True)
                | (~Q(kind__in=WALLET_KINDS) & Q(wallet__isnull=True, shard__isnull=False)),
                name="account_wallet_or_shard",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=WALLET_KINDS) | Q(balance_points__gte=0),
                name="account_wallet_not_negative",
            ),
        ]


class JournalEntry(models.Model):
    """One thing that happened; its postings say what it moved.  Append-only.

    ``wallet`` is the one whose statement shows it (none for the system's own); ``subject`` is the
    business object it belongs to (a reward's id), which the ledger itself does not know.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    kind = models.CharField(max_length=32, choices=[(kind, kind) for kind in EntryKind])
    wallet = models.ForeignKey(
        Wallet, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    subject = models.UUIDField(null=True)
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["wallet", "id"], name="entry_statement"),
            models.Index(
                fields=["corrects"], name="entry_corrects", condition=Q(corrects__isnull=False)
            ),
        ]


class Posting(models.Model):
    """Points moved on one account.  Append-only.

    ``balance_after`` and ``account_sequence`` (dense from 1 in each account) are filled by the
    trigger that moves the balance, so an account's history can be checked line by line.
    """

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    points = models.BigIntegerField()
    balance_after = models.BigIntegerField(db_default=0)
    account_sequence = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "account_sequence"], name="posting_place_in_account"
            ),
            models.CheckConstraint(condition=~Q(points=0), name="posting_not_zero"),
        ]


class SettlementIntent(models.Model):
    """Outbox: what the chain must do for an entry, written in the entry's own SQL transaction.

    A crash after that transaction loses nothing: the relayer finds the row.  Only ``batched`` ever
    changes, when the relayer puts the intent into a batch.
    """

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="settlement_intent"
    )
    operation = models.CharField(
        max_length=8, choices=[(operation, operation) for operation in SettlementOperation]
    )
    # Null, not empty: "no address" and a malformed one must not look alike.
    from_address = models.CharField(max_length=ADDRESS_CHARS, null=True)  # noqa: DJ001
    to_address = models.CharField(max_length=ADDRESS_CHARS, null=True)  # noqa: DJ001
    points = models.BigIntegerField()
    batched = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="intent_points_positive"),
            models.CheckConstraint(
                condition=Q(
                    operation=SettlementOperation.MINT,
                    from_address__isnull=True,
                    to_address__isnull=False,
                )
                | Q(
                    operation=SettlementOperation.BURN,
                    from_address__isnull=False,
                    to_address__isnull=True,
                )
                | (
                    Q(
                        operation=SettlementOperation.MOVE,
                        from_address__isnull=False,
                        to_address__isnull=False,
                    )
                    & ~Q(from_address=F("to_address"))
                ),
                name="intent_addresses_fit_operation",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="intent_waiting", condition=Q(batched=False)),
        ]


class IdempotencyKey(models.Model):
    """The first answer to a write, kept as long as the ledger.  Append-only.

    Inserted in the same SQL transaction as the effect it answers for: both are there, or neither.
    """

    client = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_sha256 = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotency_once_per_client")
        ]
