"""A partner's side: reading a voucher, capturing it once, what was captured, disputes."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service_kit import voucher_code

from .http import request
from .pages import Page, page_of
from .redemptions import VoucherState, day_before, moment

CAPTURES_A_PAGE = 50


@dataclass(frozen=True)
class VoucherView:
    """What a cashier needs to know; ``wallet_id`` is the buyer's."""

    code: str
    state: VoucherState
    points: int
    offer_title: str
    how_to_use: str
    expires_at: datetime
    captured_at: datetime | None
    site: str
    cashier: uuid.UUID | None
    wallet_id: uuid.UUID
    dispute: str  # open, refund_proposed, dismissed, refunded; empty when there is none

    @property
    def last_day(self) -> date:
        """The last day on which it can be used."""
        return day_before(self.expires_at)


@dataclass(frozen=True)
class CaptureLine:
    """A captured voucher; ``cents`` is what the partner is reimbursed."""

    code: str
    offer_title: str
    points: int
    cents: int
    captured_at: datetime
    site: str
    cashier: uuid.UUID | None


def voucher_get(*, code: str, partner_id: uuid.UUID) -> VoucherView:
    """A voucher as this partner may see it.

    Raises ``WalletRefused`` (``voucher_unknown``, another partner's), ``WalletUnavailable``.
    """
    return _voucher(request("GET", f"/v1/vouchers/{code}", params={"partner_id": str(partner_id)}))


def voucher_capture(
    *,
    key: str,
    code: str,
    partner_id: uuid.UUID,
    cashier: uuid.UUID,
    site: str,
    own_voucher: bool,
) -> VoucherView:
    """Use a voucher up; the same key returns the first answer, another one is refused.

    Raises ``WalletRefused``; of ``voucher_already_captured`` the fields say when and where.
    """
    return _voucher(
        request(
            "POST",
            f"/v1/vouchers/{code}/capture",
            key=key,
            json={
                "partner_id": str(partner_id),
                "cashier": str(cashier),
                "site": site,
                "own_voucher": own_voucher,
            },
        )
    )


def voucher_dispute(
    *, key: str, code: str, partner_id: uuid.UUID, reason: str, actor: uuid.UUID
) -> None:
    """Report a problem with a voucher; ``reason`` is a code."""
    request(
        "POST",
        f"/v1/vouchers/{code}/disputes",
        key=key,
        json={"partner_id": str(partner_id), "reason": reason, "actor": str(actor)},
    )


@dataclass(frozen=True)
class DayView:
    """A page of a day's captures, and the totals of the whole day."""

    page: Page[CaptureLine]
    vouchers: int
    points: int
    cents: int


def captures_on(*, partner_id: uuid.UUID, day: date, cursor: str = "") -> DayView:
    """What a partner captured on a day (Europe/Paris), newest first."""
    params = {"day": day.isoformat(), "limit": str(CAPTURES_A_PAGE)}
    if cursor:
        params["cursor"] = cursor
    body = request("GET", f"/v1/partners/{partner_id}/captures", params=params)
    return DayView(
        page=page_of(body, capture_line),
        vouchers=body["total_vouchers"],
        points=body["total_points"],
        cents=body["total_cents"],
    )


def capture_line(body: dict[str, Any]) -> CaptureLine:
    captured_at = moment(body["captured_at"])
    assert captured_at is not None
    return CaptureLine(
        code=voucher_code.parse(body["voucher_code"]),
        offer_title=body["offer_title"],
        points=body["points"],
        cents=body["reimbursement_cents"],
        captured_at=captured_at,
        site=body.get("site") or "",
        cashier=_uuid(body.get("cashier")),
    )


def _voucher(body: dict[str, Any]) -> VoucherView:
    offer = body["offer"]
    expires_at = moment(body["expires_at"])
    assert expires_at is not None
    return VoucherView(
        code=voucher_code.parse(body["voucher_code"]),
        state=VoucherState(body["state"]),
        points=body["points"],
        offer_title=offer["title"],
        how_to_use=offer["how_to_use"],
        expires_at=expires_at,
        captured_at=moment(body.get("captured_at")),
        site=body.get("site") or "",
        cashier=_uuid(body.get("cashier")),
        wallet_id=uuid.UUID(body["wallet_id"]),
        dispute=body.get("dispute") or "",
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
