"""Tables of settlement: one sequence of signed transactions, and what the chain made of them.

What was signed never changes: the database refuses it to everybody (``migrations/0002_guards``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from chain.codec import Operation
from chain.signer import ServiceRole
from wallet_service.ledger.models import ADDRESS_CHARS, SettlementIntent

from .domain import DriftKind, Problem, RelayerState, TransactionKind, TransactionState

HASH_CHARS: Final = 66  # 0x and 32 bytes


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Plain strings, so that migrations do not import the enumeration."""
    return [(word.value, word.value) for word in words]


class Deployment(models.Model):
    """The contract that the sequence creates: where, on which chain, by whom. Append-only."""

    chain_id = models.BigIntegerField()
    contract_address = models.CharField(max_length=ADDRESS_CHARS, unique=True)
    runtime_sha256 = models.CharField(max_length=64)
    admin_address = models.CharField(max_length=ADDRESS_CHARS)
    issuer_address = models.CharField(max_length=ADDRESS_CHARS)
    redeemer_address = models.CharField(max_length=ADDRESS_CHARS)
    created_at = models.DateTimeField(db_default=Now())


class ChainTransaction(models.Model):
    """A signed transaction, stored before it is ever sent; only its fate changes afterwards.

    ``sequence`` is the order in which they were signed. It is dense from 1, like ``nonce`` from 0
    for each sender, because rows are written one transaction at a time
    (``sequence.SequenceWriter``) and never removed. ``place`` is the order in which the chain must
    see all transactions of all senders: that of ``sequence``, except for one that stands in for
    another (``supersedes``), which the chain had taken and reverted.
    """

    sequence = models.BigIntegerField(primary_key=True)
    place = models.BigIntegerField(unique=True)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=_choices(TransactionKind))
    sender_role = models.CharField(max_length=16, choices=_choices(ServiceRole))
    sender = models.CharField(max_length=ADDRESS_CHARS)
    nonce = models.BigIntegerField()
    raw = models.BinaryField()
    hash = models.CharField(max_length=HASH_CHARS, unique=True)
    granted_role = models.CharField(max_length=32, blank=True, default="")
    granted_to = models.CharField(max_length=ADDRESS_CHARS, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    state = models.CharField(
        max_length=16,
        choices=_choices(TransactionState),
        default=TransactionState.SIGNED.value,
    )
    sent_at = models.DateTimeField(null=True)
    block_number = models.BigIntegerField(null=True)
    block_hash = models.CharField(max_length=HASH_CHARS, blank=True, default="")
    gas_used = models.BigIntegerField(null=True)
    reverted = models.BooleanField(db_default=False)  # mined without effect; another stands in
    lines_refused = models.SmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    first_confirmed_at = models.DateTimeField(null=True)  # kept when the chain is rebuilt
    rewinds = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "nonce"], name="transaction_nonce_once"),
            models.CheckConstraint(
                condition=Q(sequence__gte=1, nonce__gte=0), name="transaction_numbers"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=TransactionState.CONFIRMED.value,
                    block_number__isnull=False,
                    confirmed_at__isnull=False,
                    first_confirmed_at__isnull=False,
                )
                | (
                    ~Q(state=TransactionState.CONFIRMED.value)
                    & Q(block_number__isnull=True, confirmed_at__isnull=True)
                ),
                name="transaction_confirmed_has_block",
            ),
        ]
        indexes = [
            models.Index(
                fields=["place"],
                name="transaction_unconfirmed",
                condition=~Q(state=TransactionState.CONFIRMED.value),
            ),
            models.Index(
                fields=["sequence"],
                name="transaction_refused_lines",
                condition=Q(lines_refused__gt=0),
            ),
            models.Index(fields=["block_number"], name="transaction_block"),
        ]

    def carried_batch(self) -> Batch:
        """The batch whose lines this transaction carries, for itself or for what it supersedes.

        Raises ``Batch.DoesNotExist`` for another kind of transaction.
        """
        first = self
        while first.supersedes is not None:
            first = first.supersedes
        return first.batch


class Batch(models.Model):
    """One contract call with ``line_count`` lines, numbered from ``first_number``. Append-only,
    but for ``settling``: the transaction that brings the lines onto the chain, which is another
    than the first one where that was reverted and issued again.
    """

    transaction = models.OneToOneField(
        ChainTransaction, on_delete=models.PROTECT, related_name="batch"
    )
    settling = models.ForeignKey(
        ChainTransaction,
        on_delete=models.PROTECT,
        related_name="settled_batches",
        db_index=False,
    )
    operation = models.CharField(max_length=8, choices=_choices(Operation))
    first_number = models.BigIntegerField(unique=True)
    line_count = models.SmallIntegerField()
    points = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())


class SettlementLine(models.Model):
    """An intent's place in a batch. Append-only.

    Accounts and points are repeated here because this is what was signed; it also keeps the indexes
    that wallets are summed by off the table that every reward writes to.
    """

    number = models.BigIntegerField(primary_key=True)  # dense from 0
    intent = models.OneToOneField(
        SettlementIntent, on_delete=models.PROTECT, related_name="settlement_line"
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.SmallIntegerField()
    from_address = models.CharField(max_length=ADDRESS_CHARS, null=True)  # noqa: DJ001 - none for a mint
    to_address = models.CharField(max_length=ADDRESS_CHARS, null=True)  # noqa: DJ001 - none for a burn
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="line_place_in_batch"),
            models.CheckConstraint(
                condition=Q(number__gte=0, points__gt=0), name="line_number_and_points"
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_address"], name="line_to", condition=Q(to_address__isnull=False)
            ),
            models.Index(
                fields=["from_address"], name="line_from", condition=Q(from_address__isnull=False)
            ),
        ]


class SenderKey(models.Model):
    """From here on a role's transactions are signed by this key. Append-only.

    The first keys are those of the deployment; each rotation adds a row.
    """

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, db_index=False)
    role = models.CharField(max_length=16, choices=_choices(ServiceRole))
    address = models.CharField(max_length=ADDRESS_CHARS, unique=True)
    created_at = models.DateTimeField(db_default=Now())


class RelayerHeartbeat(models.Model):
    """The one row that says the relayer is alive and what it is doing."""

    SINGLETON: Final = 1

    id = models.SmallIntegerField(primary_key=True, default=SINGLETON)
    beaten_at = models.DateTimeField()
    state = models.CharField(max_length=32, choices=_choices(RelayerState))
    problem = models.CharField(max_length=32, blank=True, choices=_choices(Problem))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="heartbeat_singleton")]


class ReconciliationRun(models.Model):
    """The outcome of one comparison of ledger and chain. Append-only."""

    block_number = models.BigIntegerField()
    wallets = models.IntegerField()
    drifts = models.IntegerField()
    books_match = models.BooleanField(db_default=True)
    supply_matches = models.BooleanField()
    finished_at = models.DateTimeField(db_default=Now())

    @property
    def agrees(self) -> bool:
        return not self.drifts and self.books_match and self.supply_matches


class ReconciliationDrift(models.Model):
    """One entry or transaction that explains a difference found by a run. Append-only.

    ``points``: by how much the chain (or the book named by ``kind``) has more or less because of
    it. The four sums are those of the wallet, as in ``facts.Drift``; zero where there is none.
    """

    run = models.ForeignKey(
        ReconciliationRun, on_delete=models.PROTECT, related_name="named_drifts"
    )
    kind = models.CharField(max_length=32, choices=_choices(DriftKind))
    wallet_id = models.UUIDField(null=True)
    address = models.CharField(max_length=ADDRESS_CHARS, blank=True, default="")
    entry_id = models.UUIDField(null=True)
    transaction_hash = models.CharField(max_length=HASH_CHARS, blank=True, default="")
    points = models.BigIntegerField()
    ledger_points = models.BigIntegerField()
    intended_points = models.BigIntegerField()
    settled_points = models.BigIntegerField()
    chain_points = models.BigIntegerField()


class ChainCheckpoint(models.Model):
    """A copy of the one-machine node's state was kept in a file. Append-only.

    It holds everything up to ``place`` in the sequence and nothing else; ``sha256`` is the file's.
    """

    place = models.BigIntegerField()
    block_number = models.BigIntegerField()
    block_hash = models.CharField(max_length=HASH_CHARS)
    supply_points = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
