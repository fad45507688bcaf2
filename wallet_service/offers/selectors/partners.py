"""Reads of partners and their agreements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from ..domain import covered_until, paris_day
from ..errors import PartnerUnknown
from ..models import Agreement, Partner
from ..requests import utc

type Periods = list[tuple[dt.date, dt.date]]


def partner_get(*, partner_id: uuid.UUID) -> Partner:
    """The partner.  Raises ``PartnerUnknown``."""
    partner = Partner.objects.filter(id=partner_id).first()
    if partner is None:
        raise PartnerUnknown
    return partner


def partner_page(*, before: uuid.UUID | None, limit: int) -> list[Partner]:
    """At most ``limit`` partners, newest first, older than ``before``."""
    partners = Partner.objects.prefetch_related("agreements").order_by("-id")
    if before is not None:
        partners = partners.filter(id__lt=before)
    return list(partners[:limit])


def agreement_periods(*, partner_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Periods]:
    """Partner id → first and last day of each of its agreements."""
    periods: dict[uuid.UUID, Periods] = defaultdict(list)
    for partner_id, starts_on, ends_on in Agreement.objects.filter(
        partner_id__in=set(partner_ids)
    ).values_list("partner_id", "starts_on", "ends_on"):
        periods[partner_id].append((starts_on, ends_on))
    return periods


def in_force_until(*, partner_id: uuid.UUID, day: dt.date) -> dt.date | None:
    """The last day of the agreements in force on ``day``; ``None`` when there is none."""
    return covered_until(agreement_periods(partner_ids=[partner_id])[partner_id], day=day)


def agreement_body(agreement: Agreement) -> dict[str, Any]:
    """The body of ``AgreementOut``."""
    return {
        "id": str(agreement.id),
        "partner_id": str(agreement.partner_id),
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        "reference": agreement.reference,
        "actor": str(agreement.actor),
        "created_at": utc(agreement.created_at),
    }


def partner_body(partner: Partner) -> dict[str, Any]:
    """The body of ``PartnerOut``, agreements newest first."""
    agreements = sorted(partner.agreements.all(), key=lambda agreement: agreement.id, reverse=True)
    today = paris_day(timezone.now())
    return {
        "id": str(partner.id),
        "siret": partner.siret,
        "name": partner.name,
        "kind": str(partner.kind),
        "state": str(partner.state),
        "version": partner.version,
        "agreements": [agreement_body(agreement) for agreement in agreements],
        "in_force": any(one.starts_on <= today <= one.ends_on for one in agreements),
        "created_at": utc(partner.created_at),
    }
