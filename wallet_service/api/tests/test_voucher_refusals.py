"""What is wrong with a request about partners, offers and vouchers is said, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wallet_service.offers.models import Redemption

from .shopping import ACTOR, SIRET, offer_body, offer_made, partner_made

Caller = Callable[..., tuple[int, dict[str, Any]]]
CASHIER = "0c000000-0000-4000-8000-00000000000c"
NOBODY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def partner(console: Caller, db: None) -> dict[str, Any]:
    return partner_made(console)


@pytest.fixture
def offer(console: Caller, partner: dict[str, Any]) -> dict[str, Any]:
    return offer_made(console, partner["id"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "un\ndeux"),
        ("title", "x" * 121),
        ("title", "\ud800"),
        ("description", "\u0000"),
        ("price_points", 0),
        ("price_points", True),
        ("price_points", 1.5),
        ("price_points", "10"),
        ("price_points", 10**22),
        ("reimbursement_cents", -1),
        ("stock", -1),
        ("per_wallet_limit", 0),
        ("communes", ["1305"]),
        ("communes", "13055"),
        ("valid_from", "2026-01-01"),
        ("valid_from", "2026-01-01T00:00:00"),
        ("valid_from", 0),
        ("valid_until", "9999-12-31T23:59:59-12:00"),
        ("voucher_days", 0),
        ("state", "gone"),
        ("actor", "x"),
        ("points", 1),
    ],
)
def test_a_wrong_field_of_an_offer_is_named(
    console: Caller, partner: dict[str, Any], field: str, value: object
) -> None:
    status, problem = console(
        "POST", "/offers", offer_body(partner["id"]) | {field: value}, key="offer"
    )
    assert (status, problem["code"]) == (422, "invalid_request")
    assert field in " ".join(problem["fields"])
    assert console("GET", "/offers")[1]["items"] == []


@pytest.mark.parametrize("field", ["title", "valid_until", "communes", "state"])
def test_null_is_no_change(console: Caller, offer: dict[str, Any], field: str) -> None:
    status, problem = console(
        "PATCH", f"/offers/{offer['id']}", {field: None, "actor": ACTOR}, key="null"
    )
    assert (status, problem["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"/partners/{NOBODY}", None, 404, "partner_unknown"),
        ("GET", f"/partners/{NOBODY}/statements", None, 404, "partner_unknown"),
        ("GET", f"/partners/{NOBODY}/captures?day=2026-01-01", None, 404, "partner_unknown"),
        ("GET", f"/partners/{NOBODY}/captures?day=20260101", None, 422, "invalid_request"),
        ("GET", f"/offers/{NOBODY}", None, 404, "offer_unknown"),
        ("GET", f"/offers/{NOBODY}/history", None, 404, "offer_unknown"),
        ("GET", f"/redemptions/{NOBODY}", None, 404, "redemption_unknown"),
        ("POST", f"/redemptions/{NOBODY}/cancel", None, 404, "redemption_unknown"),
        ("GET", f"/wallets/{NOBODY}/redemptions", None, 404, "wallet_unknown"),
        ("GET", f"/catalogue?wallet_id={NOBODY}", None, 404, "wallet_unknown"),
        ("GET", "/catalogue?commune=Marseille", None, 422, "invalid_request"),
        ("GET", "/vouchers/000-000-000", None, 422, "voucher_code_mistyped"),
        ("GET", "/vouchers/%00", None, 422, "voucher_code_mistyped"),
        ("GET", f"/disputes/{NOBODY}", None, 404, "dispute_unknown"),
        ("GET", f"/statements/{NOBODY}", None, 404, "statement_unknown"),
        ("GET", "/expiry-notices?limit=0", None, 422, "invalid_request"),
        (
            "POST",
            f"/expiry-notices/{NOBODY}/acknowledgement",
            {"outcome": "sent"},
            404,
            "notice_unknown",
        ),
        (
            "POST",
            "/partners",
            {"siret": "73282932000075", "name": "x", "kind": "partner", "actor": ACTOR},
            422,
            "siret_invalid",
        ),
    ],
)
def test_what_is_unknown_or_wrong_is_said(
    console: Caller, db: None, method: str, path: str, body: object, status: int, code: str
) -> None:
    answer = console(method, path, body, key="k")
    assert (answer[0], answer[1]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/partners"),
        ("GET", "/partners"),
        ("POST", "/offers"),
        ("POST", "/vouchers/000-000-000/capture"),
        ("GET", "/vouchers/000-000-000"),
        ("GET", "/disputes"),
        ("GET", f"/statements/{NOBODY}"),
        ("GET", "/limits"),
        ("GET", "/expiry-notices"),
    ],
)
def test_the_assistant_sees_offers_and_vouchers_of_its_citizen_only(
    actions: Caller, partner: dict[str, Any], method: str, path: str
) -> None:
    body = {
        "/partners": {"siret": SIRET, "name": "x", "kind": "partner", "actor": ACTOR},
        "/offers": offer_body(partner["id"]),
        "/vouchers/000-000-000/capture": {
            "partner_id": partner["id"],
            "cashier": CASHIER,
            "own_voucher": False,
        },
    }.get(path)
    answer = actions(method, path, body if method == "POST" else None, key="k")
    assert (answer[0], answer[1]["code"]) == (403, "scope_missing")
    assert not Redemption.objects.exists()
