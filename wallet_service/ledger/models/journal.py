"""What happened, what it moved, and what the chain must do for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import EntryKind, SettlementOperation

from .wallets import ADDRESS_CHARS, Account, Wallet


class JournalEntry(models.Model):
    """One thing that happened; its postings say what it moved.  Append-only.

    ``wallet`` is the one whose statement shows it; ``subject`` is the business object it belongs to
    (a reward's id), which the ledger itself does not know.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    kind = models.CharField(max_length=32, choices=[(kind, kind) for kind in EntryKind])
    wallet = models.ForeignKey(
        Wallet,
        null=True,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    subject = models.UUIDField(null=True)
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # A hold ends once, whoever of partner, citizen and clock comes first. (That such
            # entries name what they correct, is checked with their postings.)
            models.UniqueConstraint(
                fields=["corrects"],
                name="entry_hold_ends_once",
                condition=Q(corrects__isnull=False)
                & Q(kind__in=[EntryKind.REDEMPTION_CAPTURED, EntryKind.REDEMPTION_RELEASED]),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="entry_refunded_once",
                condition=Q(corrects__isnull=False) & Q(kind=EntryKind.REDEMPTION_REFUNDED),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="entry_merged_once",
                condition=Q(corrects__isnull=False)
                & Q(kind__in=[EntryKind.MERGE_GIVEN, EntryKind.MERGE_DEBT_GIVEN]),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="entry_reversed_once",
                condition=Q(corrects__isnull=False) & Q(kind=EntryKind.REWARD_REVERSED),
            ),
        ]
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

    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    points = models.BigIntegerField()
    balance_after = models.BigIntegerField(db_default=0)
    account_sequence = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "account"], name="posting_one_per_entry_account"
            ),
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
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="settlement_intent",
        db_constraint=False,
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
