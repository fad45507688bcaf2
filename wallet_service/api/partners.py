"""``/v1/partners``: who gives something for points, their agreements, their till's day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from service_kit.voucher_code import shown
from wallet_service.offers.models import Partner, Redemption
from wallet_service.offers.selectors.partners import partner_body, partner_get, partner_page
from wallet_service.offers.selectors.redemptions import captures_page, captures_total, terms_of
from wallet_service.offers.services.partners import agreement_add, partner_change, partner_create

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.common import PageQuery
from .schemas.partners import (
    AgreementIn,
    AgreementOut,
    CapturesOut,
    CapturesQuery,
    PartnerChangeIn,
    PartnerIn,
    PartnerOut,
    PartnerPage,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["partners"])


@router.get("", response={200: PartnerPage, **READ_PROBLEMS}, operation_id="listPartners")
def list_partners(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every partner, newest first."""
    require_scope(request, "partners:read")
    return page_of(
        partner_page(before=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda partner: partner.id,
        bodies=_bodies,
    )


@router.post("", response={201: PartnerOut, **WRITE_PROBLEMS}, operation_id="createPartner")
def create_partner(
    request: HttpRequest, payload: PartnerIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Take in a partner.  It can offer nothing before it has an agreement."""
    caller = require_scope(request, "partners:write")
    return status_of(
        partner_create(
            client=caller.name,
            key=idempotency_key,
            siret=payload.siret,
            name=payload.name,
            kind=payload.kind,
            actor=payload.actor,
        )
    )


@router.get(
    "/{partner_id}", response={200: PartnerOut, **READ_PROBLEMS}, operation_id="readPartner"
)
def read_partner(request: HttpRequest, partner_id: Uuid) -> dict[str, Any]:
    """The partner and its agreements."""
    require_scope(request, "partners:read")
    return partner_body(partner_get(partner_id=partner_id))


@router.patch(
    "/{partner_id}", response={200: PartnerOut, **WRITE_PROBLEMS}, operation_id="changePartner"
)
def change_partner(
    request: HttpRequest,
    partner_id: Uuid,
    payload: PartnerChangeIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Rename, reclassify, suspend or take back a partner."""
    caller = require_scope(request, "partners:write")
    return status_of(
        partner_change(
            client=caller.name,
            key=idempotency_key,
            partner_id=partner_id,
            actor=payload.actor,
            version=payload.version,
            name=payload.name,
            kind=payload.kind,
            state=payload.state,
        )
    )


@router.post(
    "/{partner_id}/agreements",
    response={201: AgreementOut, **WRITE_PROBLEMS},
    operation_id="addAgreement",
)
def add_agreement(
    request: HttpRequest,
    partner_id: Uuid,
    payload: AgreementIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Record an agreement; it is never changed, a new one follows it."""
    caller = require_scope(request, "partners:write")
    return status_of(
        agreement_add(
            client=caller.name,
            key=idempotency_key,
            partner_id=partner_id,
            starts_on=payload.starts_on,
            ends_on=payload.ends_on,
            reference=payload.reference,
            actor=payload.actor,
        )
    )


@router.get(
    "/{partner_id}/captures",
    response={200: CapturesOut, **READ_PROBLEMS},
    operation_id="listCaptures",
)
def list_captures(
    request: HttpRequest, partner_id: Uuid, query: Query[CapturesQuery]
) -> dict[str, Any]:
    """What the partner captured on a day."""
    require_scope(request, "vouchers:read")
    captured = captures_page(
        partner_id=partner_id, day=query.day, before=query.cursor, limit=query.limit + 1
    )
    total = captures_total(partner_id=partner_id, day=query.day)
    return {
        **page_of(captured, limit=query.limit, cursor=lambda one: one.id, bodies=_captures),
        "total_vouchers": total.vouchers,
        "total_points": total.points,
        "total_cents": total.cents,
    }


def _bodies(partners: list[Partner]) -> list[dict[str, Any]]:
    return [partner_body(partner) for partner in partners]


def _captures(captured: list[Redemption]) -> list[dict[str, Any]]:
    terms = terms_of(captured)
    return [
        {
            "voucher_code": shown(one.code),
            "offer_title": terms[one.offer_id, one.offer_version]["title"],
            "points": one.points,
            "reimbursement_cents": one.reimbursement_cents,
            "captured_at": one.captured_at,
            "site": one.site or None,
            "cashier": one.cashier,
        }
        for one in captured
    ]
