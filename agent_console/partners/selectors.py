"""Reads about cashiers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils import timezone

from agent_console.citizens.selectors import wallets_of

from .models import Cashier, CodeMiss

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# The check symbol catches typing errors, so codes that no voucher has are rare at an honest till.
# At this pace it takes years to come upon somebody's voucher by trying.
MISSES_MAX: Final = 20
MISSES_WITHIN: Final = timedelta(minutes=10)


def cashier_of(*, user: AbstractBaseUser | AnonymousUser) -> Cashier | None:
    """The active cashier behind an account, if it stands at a till."""
    if not user.is_authenticated:
        return None
    return (
        Cashier.objects.select_related("user", "resident")
        .filter(user_id=user.pk, active=True)
        .first()
    )


def cashiers_of(*, partner_id: uuid.UUID) -> QuerySet[Cashier]:
    """A partner's cashiers, active ones first."""
    return (
        Cashier.objects.filter(partner_id=partner_id)
        .select_related("user")
        .order_by("-active", "site", "user__username")
    )


def is_own_voucher(*, cashier: Cashier, wallet_id: uuid.UUID) -> bool:
    """True when the voucher was bought by the resident that the cashier is declared to be.

    Compared here: the wallet knows no person, and the answer is one yes or no.
    """
    if cashier.resident_id is None:
        return False
    return wallet_id in wallets_of(resident_id=cashier.resident_id)


def is_slowed(*, cashier: Cashier) -> bool:
    """True while the cashier has tried too many codes that led nowhere."""
    lately = CodeMiss.objects.filter(cashier=cashier, at__gt=timezone.now() - MISSES_WITHIN)
    return lately.count() >= MISSES_MAX
