"""What two supervisors mend together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.ledger.models import JournalEntry, Wallet

from ..domain import CorrectionKind, CorrectionState

REASON_CHARS = 40
_ABOUT_ONE_THING = [CorrectionKind.REVERSE_REWARD, CorrectionKind.REFUND_VOUCHER]


class Correction(models.Model):
    """Proposed by one supervisor, applied or rejected by another; the database compares them.

    ``subject`` is the reward or the redemption that it is about; ``entry`` what it wrote.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in CorrectionKind])
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="corrections", db_index=False
    )
    subject = models.UUIDField(null=True)
    points = models.IntegerField()
    reason = models.CharField(max_length=REASON_CHARS)  # a code, never a sentence
    state = models.CharField(max_length=8, choices=[(state, state) for state in CorrectionState])
    proposed_by = models.UUIDField()  # who of the staff; only the console knows
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(
        JournalEntry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="correction_two_people",
            ),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=MAX_POINTS_PER_ENTRY),
                name="correction_points_bounded",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=_ABOUT_ONE_THING) | Q(subject__isnull=False),
                name="correction_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=CorrectionState.PROPOSED,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    entry__isnull=True,
                )
                | Q(
                    state=CorrectionState.APPLIED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    entry__isnull=False,
                )
                | Q(
                    state=CorrectionState.REJECTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    entry__isnull=True,
                ),
                name="correction_entry_when_applied",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                name="correction_once_per_subject",
                condition=Q(kind__in=_ABOUT_ONE_THING) & ~Q(state=CorrectionState.REJECTED),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="correction_list")]
