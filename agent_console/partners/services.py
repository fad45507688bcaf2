"""Writes about cashiers; each leaves a line in the cashier's history, in the same transaction."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.models import Resident

from .models import Cashier, CashierChange, ChangeKind, CodeMiss
from .selectors import MISSES_WITHIN


class AlreadyCashier(Exception):
    """This account already stands at a till; change that cashier instead."""

    message = "Ce compte est déjà rattaché à un partenaire."


@transaction.atomic
def cashier_create(
    *, user: User, partner_id: uuid.UUID, site: str, resident: Resident | None, by: User | None
) -> Cashier:
    """Put ``user`` at the till of a partner; raises ``AlreadyCashier``.

    The account's row is locked, so two requests at once make one cashier.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if Cashier.objects.filter(user=user).exists():
        raise AlreadyCashier
    cashier = Cashier.objects.create(user=user, partner_id=partner_id, site=site, resident=resident)
    _note(cashier, ChangeKind.CREATED, by)
    return cashier


@transaction.atomic
def cashier_update(
    *, cashier: Cashier, site: str, resident: Resident | None, by: User | None
) -> Cashier:
    """Change where a cashier stands and which resident they are."""
    locked = Cashier.objects.select_for_update().get(pk=cashier.pk)
    if (locked.site, locked.resident_id) != (site, resident.pk if resident else None):
        locked.site, locked.resident = site, resident
        locked.save(update_fields=["site", "resident"])
        _note(locked, ChangeKind.UPDATED, by)
    return locked


@transaction.atomic
def cashier_set_active(*, cashier: Cashier, active: bool, by: User | None) -> Cashier:
    """Open or close the till to a cashier; what they captured stays theirs."""
    locked = Cashier.objects.select_for_update().get(pk=cashier.pk)
    if locked.active != active:
        locked.active = active
        locked.save(update_fields=["active"])
        _note(locked, ChangeKind.ENABLED if active else ChangeKind.DISABLED, by)
    return locked


@transaction.atomic
def code_missed(*, cashier: Cashier) -> None:
    """Count a code that led to no voucher of the partner (``selectors.is_slowed``)."""
    old = timezone.now() - MISSES_WITHIN
    CodeMiss.objects.filter(cashier=cashier, at__lte=old).delete()
    CodeMiss.objects.create(cashier=cashier)


def _note(cashier: Cashier, kind: ChangeKind, by: User | None) -> None:
    CashierChange.objects.create(
        cashier=cashier,
        kind=kind,
        partner_id=cashier.partner_id,
        site=cashier.site,
        is_resident_declared=cashier.resident_id is not None,
        by=by,
    )
