"""Reads of what partners are owed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from service_kit.voucher_code import shown

from ..domain import RedemptionState, day_begins
from ..errors import StatementUnknown
from ..models import Dispute, Redemption, Statement
from ..requests import utc
from .disputes import OPEN_STATES
from .partners import partner_get
from .redemptions import terms_of


def closed_until(*, partner_id: uuid.UUID) -> dt.date | None:
    """The day before which everything of the partner's is closed."""
    latest: dt.date | None = Statement.objects.filter(partner_id=partner_id).aggregate(
        latest=Max("until")
    )["latest"]
    return latest


def vouchers_waiting(*, partner_id: uuid.UUID, until: dt.date) -> QuerySet[Redemption]:
    """Captured before ``until`` (exclusive, Europe/Paris), not refunded, in no statement yet."""
    return Redemption.objects.filter(
        partner_id=partner_id,
        state=RedemptionState.CAPTURED,
        statement__isnull=True,
        captured_at__lt=day_begins(until),
    )


def undisputed(vouchers: QuerySet[Redemption]) -> QuerySet[Redemption]:
    """Those of the vouchers that no dispute waits for a decision on."""
    disputes = Dispute.objects.filter(redemption_id=OuterRef("id"), state__in=OPEN_STATES)
    return vouchers.filter(~Exists(disputes))


def statement_preview(*, partner_id: uuid.UUID, until: dt.date) -> dict[str, Any]:
    """The body of ``StatementPreviewOut``: what closing would count.  Raises ``PartnerUnknown``."""
    partner = partner_get(partner_id=partner_id)
    waiting = vouchers_waiting(partner_id=partner_id, until=until)
    totals = undisputed(waiting).aggregate(
        vouchers=Count("id"), points=Sum("points"), cents=Sum("reimbursement_cents")
    )
    since = closed_until(partner_id=partner_id)
    return {
        "partner_id": str(partner.id),
        "partner_name": partner.name,
        "siret": partner.siret,
        "since": since.isoformat() if since else None,
        "until": until.isoformat(),
        "vouchers": totals["vouchers"],
        "points": totals["points"] or 0,
        "reimbursement_cents": totals["cents"] or 0,
        "open_disputes": Dispute.objects.filter(
            redemption__in=waiting, state__in=OPEN_STATES
        ).count(),
    }


def statement_page(
    *, partner_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> list[Statement]:
    """At most ``limit`` statements of the partner, newest first.  Raises ``PartnerUnknown``."""
    partner_get(partner_id=partner_id)
    statements = Statement.objects.select_related("partner").filter(partner_id=partner_id)
    if before is not None:
        statements = statements.filter(id__lt=before)
    return list(statements.order_by("-id")[:limit])


def statement_get(*, statement_id: uuid.UUID) -> Statement:
    """The statement.  Raises ``StatementUnknown``."""
    statement = Statement.objects.select_related("partner").filter(id=statement_id).first()
    if statement is None:
        raise StatementUnknown
    return statement


def statement_body(statement: Statement) -> dict[str, Any]:
    """The body of ``StatementOut``."""
    return {
        "id": str(statement.id),
        "partner_id": str(statement.partner_id),
        "partner_name": statement.partner.name,
        "siret": statement.partner.siret,
        "since": statement.since.isoformat() if statement.since else None,
        "until": statement.until.isoformat(),
        "vouchers": statement.vouchers,
        "points": statement.points,
        "reimbursement_cents": statement.reimbursement_cents,
        "actor": str(statement.actor),
        "entry_id": str(statement.entry_id),
        "created_at": utc(statement.created_at),
    }


def statement_vouchers(
    *, statement_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> list[Redemption]:
    """At most ``limit`` vouchers of the statement in the order of their capture, beginning after
    the voucher ``after``.  Which they are never changes.  Raises ``StatementUnknown``.
    """
    vouchers = statement_get(statement_id=statement_id).redemptions.all()
    if after is not None:
        at = vouchers.filter(id=after).values_list("captured_at", flat=True).first()
        if at is None:
            return []
        vouchers = vouchers.filter(Q(captured_at__gt=at) | Q(captured_at=at, id__gt=after))
    return list(vouchers.order_by("captured_at", "id")[:limit])


def line_bodies(vouchers: list[Redemption]) -> list[dict[str, Any]]:
    """The bodies of ``StatementLineOut``, with one read of their offers."""
    terms = terms_of(vouchers)
    return [
        {
            "voucher_code": shown(one.code),
            "offer_title": terms[one.offer_id, one.offer_version]["title"],
            "captured_at": utc(one.captured_at) if one.captured_at else None,
            "site": one.site or None,
            "points": one.points,
            "reimbursement_cents": one.reimbursement_cents,
        }
        for one in vouchers
    ]
