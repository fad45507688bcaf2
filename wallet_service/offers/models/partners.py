"""Who gives something for points, and under which agreements."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ..domain import PartnerKind, PartnerState

NAME_CHARS = 120
REFERENCE_CHARS = 60


class Partner(models.Model):
    """A business, an association or a service of the Metropolis.

    Its id is also the id of its ledger wallet, whose one account holds what it has earned.  Each
    change raises ``version`` by one and leaves a ``PartnerChange`` (trigger).
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    siret = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=NAME_CHARS)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in PartnerKind])
    state = models.CharField(max_length=16, choices=[(state, state) for state in PartnerState])
    version = models.IntegerField()
    changed_by = models.UUIDField()  # an opaque number of the console's
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(siret__regex=r"^[0-9]{14}$"), name="partner_siret"),
            models.CheckConstraint(condition=~Q(name=""), name="partner_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=PartnerKind), name="partner_kind"),
            models.CheckConstraint(condition=Q(state__in=PartnerState), name="partner_state"),
        ]


class PartnerChange(models.Model):
    """One version of a partner: before, after, who, when.  Append-only, written by trigger."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    version = models.IntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()
    actor = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "version"], name="partner_change_once")
        ]


class Agreement(models.Model):
    """A signed agreement: in force from ``starts_on`` to ``ends_on``, both included.  Append-only.

    Nothing of the partner's can be offered or captured on a day without one.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reference = models.CharField(max_length=REFERENCE_CHARS)
    actor = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="agreement_dates_in_order"
            )
        ]
