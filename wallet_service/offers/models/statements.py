"""What a partner is owed for a closed period."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wallet_service.ledger.models import JournalEntry

from .partners import Partner


class Statement(models.Model):
    """Vouchers captured before ``until`` (exclusive, Europe/Paris) and in no earlier statement.

    Append-only; its vouchers name it, and its totals are theirs (checked at commit).  Its points
    are burnt by ``entry`` in the same transaction.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    since = models.DateField(null=True)  # the ``until`` of the one before
    until = models.DateField()
    vouchers = models.IntegerField()
    points = models.BigIntegerField()
    reimbursement_cents = models.BigIntegerField()
    actor = models.UUIDField()
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "until"], name="statement_once_per_day"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__gt=F("since")),
                name="statement_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(vouchers__gte=1, points__gte=1, reimbursement_cents__gte=0),
                name="statement_not_empty",
            ),
        ]
