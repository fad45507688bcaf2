"""A wallet service in memory, shaped like ``docs/api/wallet.openapi.json``, behind the transport.

It keeps what matters to the pages: one answer per idempotency key, versions, and being away.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from agent_console.wallet.tests.contract import check_exchange

AT = "2026-11-02T09:00:00+00:00"
NOBODY = "0191f7a0-0000-7000-8000-0000000000bb"  # an actor that is nobody's here
type Body = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, code: str, **fields: str) -> None:
        super().__init__(code)
        self.status, self.code, self.fields = status, code, fields


@dataclass
class FakeWallet:
    """Set ``is_away`` to take it down; ``writes`` counts the writes that had an effect."""

    partners: dict[str, Body] = field(default_factory=dict)
    offers: dict[str, Body] = field(default_factory=dict)
    history: dict[str, list[Body]] = field(default_factory=dict)
    disputes: dict[str, Body] = field(default_factory=dict)
    statements: dict[str, Body] = field(default_factory=dict)
    lines: dict[str, list[Body]] = field(default_factory=dict)
    refuse_writes: Refused | None = None
    waiting_vouchers: int = 12
    is_away: bool = False
    loses_answers: bool = False
    writes: int = 0
    requests: list[httpx.Request] = field(default_factory=list)
    answers: dict[str, tuple[str, httpx.Response]] = field(default_factory=dict)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://wallet", transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.is_away:
            raise httpx.ConnectError("away", request=request)
        try:
            answer = self._read(request) if request.method == "GET" else self._write(request)
        except Refused as refusal:
            problem = {
                "code": refusal.code,
                "message": "Refus\u00e9 par le portefeuille.",
                "fields": refusal.fields,
            }
            answer = httpx.Response(refusal.status, json=problem)
        check_exchange(request, answer)
        if self.loses_answers and request.method != "GET":
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def _write(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        sent = f"{request.method} {request.url.path} {request.content.decode()}"
        if key in self.answers:
            first, answer = self.answers[key]
            if first != sent:
                raise Refused(409, "idempotency_conflict")
            return answer
        if self.refuse_writes is not None:
            raise self.refuse_writes
        status, body = self._effect(request.method, request.url.path, json.loads(request.content))
        self.writes += 1
        # A copy: a later change must not change the first answer.
        answer = httpx.Response(status, json=json.loads(json.dumps(body)))
        self.answers[key] = (sent, answer)
        return answer

    def _read(self, request: httpx.Request) -> httpx.Response:
        routes: list[tuple[str, Callable[..., Any]]] = [
            (r"/v1/partners", lambda: _page(self.partners.values())),
            (r"/v1/partners/([^/]+)", lambda id_: _known(self.partners, id_, "partner_unknown")),
            (r"/v1/partners/([^/]+)/statements", lambda id_: _page(self._statements_of(id_))),
            (r"/v1/partners/([^/]+)/statements/preview", lambda id_: self._preview(id_, request)),
            (r"/v1/statements/([^/]+)", lambda id_: _known(self.statements, id_, "unknown")),
            (r"/v1/statements/([^/]+)/lines", lambda id_: paged(self.lines[id_], request)),
            (r"/v1/offers", lambda: _page(self._offers(request))),
            (r"/v1/offers/([^/]+)", lambda id_: _known(self.offers, id_, "offer_unknown")),
            (r"/v1/offers/([^/]+)/history", lambda id_: _page(self.history[id_])),
            (r"/v1/disputes", lambda: _page(self._disputes(request))),
            (r"/v1/disputes/([^/]+)", lambda id_: _known(self.disputes, id_, "dispute_unknown")),
        ]
        for pattern, act in routes:
            if match := re.fullmatch(pattern, request.url.path):
                return httpx.Response(200, json=act(*match.groups()))
        raise Refused(404, "not_found")

    def _effect(self, method: str, path: str, body: Body) -> tuple[int, Body]:
        if method == "POST" and path == "/v1/partners":
            if any(one["siret"] == body["siret"] for one in self.partners.values()):
                raise Refused(409, "partner_exists")
            return 201, self.add_partner(**{k: body[k] for k in ("siret", "name", "kind")})
        if method == "POST" and path == "/v1/offers":
            return 201, self.add_offer(**body)
        if match := re.fullmatch(r"/v1/partners/([^/]+)/agreements", path):
            agreement = {"id": str(uuid.uuid4()), "partner_id": match[1], "created_at": AT, **body}
            self.partners[match[1]]["agreements"].insert(0, agreement)
            return 201, agreement
        if match := re.fullmatch(r"/v1/partners/([^/]+)/statements", path):
            return 201, self._close(match[1], body)
        if match := re.fullmatch(r"/v1/vouchers/([^/]+)/disputes", path):
            return 201, self._dispute(body)
        if match := re.fullmatch(r"/v1/disputes/([^/]+)/decision", path):
            return 200, self._decide(match[1], body)
        if match := re.fullmatch(r"/v1/(partners|offers)/([^/]+)", path):
            return 200, self._change(match[1], match[2], body)
        raise Refused(404, "not_found")

    def add_partner(self, *, siret: str, name: str, kind: str = "partner") -> Body:
        partner: Body = {
            "id": str(uuid.uuid4()),
            "siret": siret,
            "name": name,
            "kind": kind,
            "state": "active",
            "version": 1,
            "in_force": False,
            "agreements": [],
            "created_at": AT,
        }
        self.partners[partner["id"]] = partner
        return partner

    def add_offer(self, *, partner_id: str, actor: str, **terms: Any) -> Body:
        offer = {
            "id": str(uuid.uuid4()),
            "partner_id": partner_id,
            "partner_name": self.partners[partner_id]["name"],
            **terms,
            "taken": None if terms["stock"] is None else 0,
            "left": terms["stock"],
            "version": 1,
            "created_at": AT,
        }
        self.offers[offer["id"]] = offer
        self.history[offer["id"]] = [
            {"version": 1, "before": None, "after": dict(offer), "actor": actor, "created_at": AT}
        ]
        return offer

    def add_dispute(self, *, partner_id: str, **facts: Any) -> Body:
        dispute = {
            "id": str(uuid.uuid4()),
            "voucher_code": "0KM-4RX-72F",
            "partner_id": partner_id,
            "offer_title": "Une entrée à la piscine",
            "points": 60,
            "reimbursement_cents": 350,
            "captured_at": AT,
            "site": "Accueil Luminy",
            "cashier": str(uuid.uuid4()),
            "redemption_id": str(uuid.uuid4()),
            "statement_id": None,
            "reason": "not_handed_over",
            "by": "partner",
            "actor": str(uuid.uuid4()),
            "state": "open",
            "correction_id": None,
            "opened_at": AT,
            "decided_by": None,
            "decided_at": None,
            **facts,
        }
        self.disputes[dispute["id"]] = dispute
        return dispute

    def _change(self, kind: str, id_: str, body: Body) -> Body:
        thing = (self.partners if kind == "partners" else self.offers)[id_]
        changes = dict(body)
        if changes.pop("version", thing["version"]) != thing["version"]:
            raise Refused(409, f"{kind[:-1]}_changed")
        actor, before = changes.pop("actor"), dict(thing)
        thing.update(changes, version=thing["version"] + 1)
        if kind == "offers":
            change = {"version": thing["version"], "before": before, "after": dict(thing)}
            self.history[id_].append({**change, "actor": actor, "created_at": AT})
        return thing

    def _dispute(self, body: Body) -> Body:
        if not self.partners:
            raise Refused(404, "voucher_unknown")
        if any(one["state"] == "open" for one in self.disputes.values()):
            raise Refused(409, "dispute_exists")
        return self.add_dispute(partner_id=next(iter(self.partners)), by="supervisor", **body)

    def _decide(self, id_: str, body: Body) -> Body:
        dispute = self.disputes[id_]
        if dispute["state"] != "open":
            raise Refused(409, "dispute_decided")
        dispute["state"] = "refund_proposed" if body["decision"] == "refund" else "dismissed"
        dispute.update(decided_by=body["actor"], decided_at=AT)
        return dispute

    def _preview(self, id_: str, request: httpx.Request) -> Body:
        until = request.url.params["until"]
        since = max((one["until"] for one in self._statements_of(id_)), default=None)
        if since is not None and until <= since:
            raise Refused(409, "period_closed")
        return self._totals(id_) | {"since": since, "until": until, "open_disputes": 1}

    def _totals(self, id_: str) -> Body:
        partner = self.partners[id_]
        return {
            "partner_id": id_,
            "partner_name": partner["name"],
            "siret": partner["siret"],
            "vouchers": self.waiting_vouchers,
            "points": 1720,
            "reimbursement_cents": 123450,
        }

    def _close(self, id_: str, body: Body) -> Body:
        line = {
            "voucher_code": "0KM-4RX-72F",
            "offer_title": "=Une entrée",
            "points": 1720,
            "reimbursement_cents": 123450,
            "captured_at": AT,
            "site": "Accueil Luminy",
        }
        statement = self._totals(id_) | {
            "id": str(uuid.uuid4()),
            "entry_id": str(uuid.uuid4()),
            "since": None,
            "until": body["until"],
            "actor": body["actor"],
            "created_at": AT,
        }
        self.statements[statement["id"]] = statement
        self.lines[str(statement["id"])] = [line] * self.waiting_vouchers
        return statement

    def _statements_of(self, id_: str) -> list[Body]:
        return [one for one in self.statements.values() if one["partner_id"] == id_]

    def _offers(self, request: httpx.Request) -> list[Body]:
        wanted = request.url.params.get("partner_id")
        return [one for one in self.offers.values() if wanted in (None, one["partner_id"])]

    def _disputes(self, request: httpx.Request) -> list[Body]:
        wanted = request.url.params.get("state")
        return [one for one in self.disputes.values() if wanted in (None, one["state"])]


def paged(items: list[Body], request: httpx.Request) -> Body:
    """A page as the wallet gives it; the cursors here are numbered UUIDs."""
    params = request.url.params
    first = uuid.UUID(params["cursor"]).int if "cursor" in params else 0
    end = first + int(params.get("limit", "20"))
    more = end < len(items)
    return {"items": items[first:end], "next_cursor": str(uuid.UUID(int=end)) if more else None}


def _page(items: Any) -> Body:
    return {"items": list(items), "next_cursor": None}


def _known(things: dict[str, Body], id_: str, code: str) -> Body:
    if id_ not in things:
        raise Refused(404, code)
    return things[id_]
