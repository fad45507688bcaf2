"""For tests only: the wallet's offers, redemptions and vouchers in memory, answered over HTTP.

It keeps idempotency keys as the real one does, so that what the console repeats is seen to be the
same act.  Every exchange is held to ``docs/api/wallet.openapi.json``.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from agent_console.wallet.tests.contract import check_exchange
from service_kit import voucher_code

PARTNER = uuid.UUID("6a1d0000-0000-4000-8000-000000000001")
OFFER = uuid.UUID("0ffe0000-0000-4000-8000-000000000001")
TOO_DEAR = uuid.UUID("0ffe0000-0000-4000-8000-000000000002")
WALLET = uuid.UUID("3a110000-0000-4000-8000-000000000001")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

type Body = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, code: str, **fields: str) -> None:
        super().__init__(code)
        self.status, self.code, self.fields = status, code, fields


def offer(offer_id: uuid.UUID, title: str, price: int, **more: Any) -> Body:
    return {
        "id": str(offer_id),
        "partner_id": str(PARTNER),
        "partner_name": "Piscine de la Busserine",
        "title": title,
        "description": "Un bain quand il fait chaud : c'est bien mérité !",
        "how_to_use": "Remettre un ticket d'entrée adulte.",
        "price_points": price,
        "reimbursement_cents": 250,
        "stock": None,
        "left": None,
        "per_wallet_limit": None,
        "communes": [],
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_until": "2026-12-31T23:00:00Z",
        "taken": None,
        "voucher_days": 30,
        "state": "published",
        "version": 1,
        "created_at": NOW.isoformat(),
        **more,
    }


@dataclass
class FakeWallet:
    """``calls`` holds (method, path, key, body) of every request; ``away`` makes all of them fail.

    ``lose_answers`` counts writes that happen and whose answer is lost on the way.
    """

    available_points: int = 100
    offers: list[Body] = field(
        default_factory=lambda: [
            offer(OFFER, "Une entrée à la piscine", 30),
            offer(TOO_DEAR, "Un abonnement", 400),
        ]
    )
    vouchers: dict[str, Body] = field(default_factory=dict)
    statements: list[Body] = field(default_factory=list)
    calls: list[tuple[str, str, str | None, Body]] = field(default_factory=list)
    away: bool = False
    lose_answers: int = 0
    _answers: dict[str, tuple[Body, int, Body]] = field(default_factory=dict)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://wallet", transport=httpx.MockTransport(self.answer))

    def voucher(self, *, state: str = "held", partner: uuid.UUID = PARTNER, **more: Any) -> str:
        """A voucher; returns its code."""
        code = voucher_code.draw()
        self.vouchers[code] = {
            "id": str(uuid.uuid4()),
            "wallet_id": str(WALLET),
            "state": state,
            "channel": "phone",
            "voucher_code": voucher_code.shown(code),
            "points": 30,
            "offer": {
                "id": str(OFFER),
                "title": "Une entrée à la piscine",
                "how_to_use": "Remettre un ticket d'entrée adulte.",
                "partner_id": str(partner),
                "partner_name": "Piscine de la Busserine",
            },
            "created_at": NOW.isoformat(),
            "expires_at": "2026-12-24T23:00:00Z",  # the 25th in Marseille: exclusive
            "captured_at": None,
            "site": None,
            "released_at": None,
            "cashier": None,
            "reimbursement_cents": 250,
            "dispute": None,
            **more,
        }
        return code

    def statement(self, lines: list[Body], **more: Any) -> str:
        """A closed period of ``lines``; returns its number."""
        row = {
            "id": str(uuid.uuid4()),
            "partner_id": str(PARTNER),
            "partner_name": "Piscine de la Busserine",
            "siret": "20005480700017",
            "since": "2026-10-01",
            "until": "2026-11-01",
            "vouchers": len(lines),
            "points": sum(line["points"] for line in lines),
            "reimbursement_cents": sum(line["reimbursement_cents"] for line in lines),
            "actor": str(uuid.uuid4()),
            "entry_id": str(uuid.uuid4()),
            "created_at": "2026-11-02T08:00:00Z",
            "lines": lines,
            **more,
        }
        self.statements.append(row)
        return str(row["id"])

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        key = request.headers.get("Idempotency-Key")
        self.calls.append((request.method, request.url.path, key, body))
        if self.away:
            raise httpx.ConnectError("away")
        try:
            status, answer = self._once(request, key, body)
        except Refused as refused:
            status = refused.status
            answer = {"code": refused.code, "message": "Refusé.", "fields": refused.fields}
        response = httpx.Response(status, json=answer)
        check_exchange(request, response)
        if request.method == "POST" and response.is_success and self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadTimeout("lost")
        return response

    def _once(self, request: httpx.Request, key: str | None, body: Body) -> tuple[int, Body]:
        if request.method == "GET":
            return 200, self._route(request, body)
        assert key, "a write without an idempotency key"
        if key in self._answers:
            first, status, answer = self._answers[key]
            if first != body:
                raise Refused(409, "idempotency_key_reused")
            return status, answer
        answer = self._route(request, body)
        is_new = request.url.path.endswith(("/redemptions", "/disputes"))
        status = 201 if is_new else 200
        self._answers[key] = (body, status, answer)
        return status, answer

    def _route(self, request: httpx.Request, body: Body) -> Body:
        path = request.url.path.removeprefix("/v1")
        routes: dict[str, Callable[..., Body]] = {
            r"GET /vouchers/(\w+)": self._voucher,
            r"POST /vouchers/(\w+)/capture": self._capture,
            r"POST /vouchers/(\w+)/disputes": self._dispute,
            r"GET /partners/([\w-]+)/captures": self._captures,
            r"GET /partners/([\w-]+)/statements": self._statements,
            r"GET /statements/([\w-]+)/lines": self._lines,
            r"GET /statements/([\w-]+)": self._statement,
            r"GET /catalogue": self._catalogue,
            r"GET /wallets/([\w-]+)/redemptions": self._redemptions,
            r"GET /wallets/([\w-]+)": self._wallet,
            r"POST /redemptions": self._redeem,
            r"GET /redemptions/([\w-]+)": self._redemption,
            r"POST /redemptions/([\w-]+)/cancel": self._cancel,
        }
        for pattern, handle in routes.items():
            if found := re.fullmatch(pattern, f"{request.method} {path}"):
                return dict(handle(*found.groups(), params=request.url.params, body=body))
        raise Refused(404, "not_found")

    # --- partners

    def _of_partner(self, code: str, partner: str) -> Body:
        voucher = self.vouchers.get(voucher_code.parse(code))
        if voucher is None:
            raise Refused(404, "voucher_unknown")
        if voucher["offer"]["partner_id"] != partner:
            raise Refused(409, "voucher_other_partner")
        return voucher

    def _voucher(self, code: str, *, params: Any, body: Body) -> Body:
        return self._of_partner(code, params["partner_id"])

    def _capture(self, code: str, *, params: Any, body: Body) -> Body:
        voucher = self._of_partner(code, body["partner_id"])
        if voucher["state"] == "captured":
            raise Refused(
                409,
                "voucher_already_captured",
                captured_at=voucher["captured_at"],
                site=voucher["site"],
            )
        if voucher["state"] != "held":
            raise Refused(409, f"voucher_{voucher['state']}")
        voucher |= {
            "state": "captured",
            "captured_at": NOW.isoformat(),
            "site": body["site"],
            "cashier": body["cashier"],
        }
        return voucher

    def _dispute(self, code: str, *, params: Any, body: Body) -> Body:
        voucher = self._of_partner(code, body["partner_id"])
        if voucher["state"] != "captured":
            raise Refused(409, "voucher_not_captured")
        if voucher["dispute"]:
            raise Refused(409, "dispute_exists")
        voucher["dispute"] = "open"
        return {
            "id": str(uuid.uuid4()),
            "voucher_code": voucher["voucher_code"],
            "redemption_id": voucher["id"],
            "partner_id": body["partner_id"],
            "offer_title": voucher["offer"]["title"],
            "points": voucher["points"],
            "reimbursement_cents": voucher["reimbursement_cents"],
            "captured_at": voucher["captured_at"],
            "site": voucher["site"],
            "cashier": voucher["cashier"] or str(uuid.uuid4()),
            "statement_id": None,
            "reason": body["reason"],
            "by": "partner",
            "actor": body["actor"],
            "state": "open",
            "correction_id": None,
            "opened_at": NOW.isoformat(),
            "decided_by": None,
            "decided_at": None,
        }

    def _captures(self, partner: str, *, params: Any, body: Body) -> Body:
        lines = [
            {
                "voucher_code": voucher["voucher_code"],
                "offer_title": voucher["offer"]["title"],
                "points": voucher["points"],
                "reimbursement_cents": voucher["reimbursement_cents"],
                "captured_at": voucher["captured_at"],
                "site": voucher["site"],
                "cashier": voucher["cashier"],
            }
            for voucher in self.vouchers.values()
            if voucher["offer"]["partner_id"] == partner
            and str(voucher["captured_at"]).startswith(params["day"])
        ]
        return {
            **paged(lines, params),
            "total_vouchers": len(lines),
            "total_points": sum(line["points"] for line in lines),
            "total_cents": sum(line["reimbursement_cents"] for line in lines),
        }

    def _statements(self, partner: str, *, params: Any, body: Body) -> Body:
        own = [row for row in self.statements if row["partner_id"] == partner]
        return {
            "items": [{k: v for k, v in row.items() if k != "lines"} for row in own],
            "next_cursor": None,
        }

    def _statement(self, statement: str, *, params: Any, body: Body) -> Body:
        row = self._known_statement(statement)
        return {name: value for name, value in row.items() if name != "lines"}

    def _lines(self, statement: str, *, params: Any, body: Body) -> Body:
        return paged(self._known_statement(statement)["lines"], params)

    def _known_statement(self, statement: str) -> Body:
        for row in self.statements:
            if row["id"] == statement:
                return row
        raise Refused(404, "statement_unknown")

    # --- residents

    def _catalogue(self, *, params: Any, body: Body) -> Body:
        commune = params.get("commune")
        points = self.available_points if "wallet_id" in params else None
        return {
            "items": [_line(row, _obstacle(row, commune, points)) for row in self.offers],
            "next_cursor": None,
        }

    def _wallet(self, wallet: str, *, params: Any, body: Body) -> Body:
        return {
            "id": wallet,
            "address": "0x00000000000000000000000000000000000000Aa",
            "available_points": self.available_points,
            "pending_points": 0,
            "held_points": 0,
            "settled_points": self.available_points,
            "merged_wallets": [],
            "recoverable_points": 0,
            "last_settlement": None,
            "created_at": NOW.isoformat(),
        }

    def _redemptions(self, wallet: str, *, params: Any, body: Body) -> Body:
        own = [row for row in self.vouchers.values() if row["wallet_id"] == wallet]
        return {"items": own[::-1], "next_cursor": None}

    def _redeem(self, *, params: Any, body: Body) -> Body:
        wanted = next((row for row in self.offers if row["id"] == body["offer_id"]), None)
        if wanted is None:
            raise Refused(404, "offer_unknown")
        if wanted["left"] == 0:
            raise Refused(409, "out_of_stock")
        if body.get("price_points") not in (None, wanted["price_points"]):
            raise Refused(409, "offer_changed")
        if wanted["price_points"] > self.available_points:
            raise Refused(409, "insufficient_points")
        self.available_points -= wanted["price_points"]
        code = self.voucher(wallet_id=body["wallet_id"], channel=body["channel"])
        return self.vouchers[code]

    def _redemption(self, redemption: str, *, params: Any, body: Body) -> Body:
        for row in self.vouchers.values():
            if row["id"] == redemption:
                return row
        raise Refused(404, "redemption_unknown")

    def _cancel(self, redemption: str, *, params: Any, body: Body) -> Body:
        row = self._redemption(redemption, params=params, body=body)
        if row["state"] != "held":
            raise Refused(409, "redemption_not_held")
        row["state"] = "cancelled"
        self.available_points += row["points"]
        return row


def paged(items: list[Body], params: Any) -> Body:
    """A page as the wallet gives it; the cursors here are numbered UUIDs."""
    first = uuid.UUID(params["cursor"]).int if "cursor" in params else 0
    end = first + int(params.get("limit", 20))
    more = end < len(items)
    return {"items": items[first:end], "next_cursor": str(uuid.UUID(int=end)) if more else None}


def _line(row: Body, reason: str | None) -> Body:
    return {
        **row,
        "available": reason is None,
        "reason": reason,
        "message": "Indisponible." if reason else None,
    }


def _obstacle(row: Body, commune: str | None, points: int | None) -> str | None:
    if row["left"] == 0:
        return "out_of_stock"
    if row["communes"] and commune not in row["communes"]:
        return "other_commune" if commune else "commune_needed"
    if points is not None and row["price_points"] > points:
        return "insufficient_points"
    return None
