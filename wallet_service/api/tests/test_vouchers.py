"""The way of a voucher over HTTP: partner, offer, redemption, till, dispute, statement."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from wallet_service.offers.domain import paris_day

from .shopping import (
    ACTOR,
    PRICE,
    SIRET,
    offer_made,
    partner_made,
    redemption_made,
    wallet_funded,
    written,
)

Caller = Callable[..., tuple[int, dict[str, Any]]]
CASHIER = "0c000000-0000-4000-8000-00000000000c"


@pytest.fixture
def partner(console: Caller, db: None) -> dict[str, Any]:
    return partner_made(console)


@pytest.fixture
def offer(console: Caller, partner: dict[str, Any]) -> dict[str, Any]:
    return offer_made(console, partner["id"])


@pytest.fixture
def voucher(console: Caller, offer: dict[str, Any]) -> dict[str, Any]:
    return redemption_made(console, wallet_funded(console), offer["id"])


def _capture(caller: Caller, voucher: dict[str, Any], **changes: Any) -> tuple[int, dict[str, Any]]:
    body = {
        "partner_id": voucher["offer"]["partner_id"],
        "cashier": CASHIER,
        "site": "Caisse 1",
        "own_voucher": False,
    } | changes
    path = f"/vouchers/{voucher['voucher_code']}/capture"
    return caller("POST", path, body, key=f"capture:{uuid.uuid4()}")


def test_a_partner_and_its_offer_are_read_back(
    console: Caller, actions: Caller, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    assert partner["in_force"] is True
    assert console("GET", "/partners")[1] == {"items": [partner], "next_cursor": None}
    assert actions("GET", f"/offers/{offer['id']}") == (200, offer)
    assert (offer["left"], offer["taken"], offer["state"]) == (5, 0, "published")
    query = f"?partner_id={partner['id']}&state=published"
    assert console("GET", f"/offers{query}")[1]["items"] == [offer]
    assert console("GET", "/offers?state=draft")[1]["items"] == []


def test_an_offers_history_tells_who_changed_what(console: Caller, offer: dict[str, Any]) -> None:
    path = f"/offers/{offer['id']}"
    change = {"title": "Deux entrées", "stock": None, "version": 1, "actor": CASHIER}
    changed = written(console("PATCH", path, change, key="change"), 200)
    assert (changed["title"], changed["stock"], changed["version"]) == ("Deux entrées", None, 2)
    assert console("PATCH", path, change, key="again")[1]["code"] == "offer_changed"
    newest, first = console("GET", f"{path}/history")[1]["items"]
    assert (newest["actor"], newest["before"]["stock"], newest["after"]["stock"]) == (
        CASHIER,
        5,
        None,
    )
    assert first["before"] is None


def test_the_catalogue_says_why_not_in_french(
    console: Caller, actions: Caller, partner: dict[str, Any], offer: dict[str, Any]
) -> None:
    dear = offer_made(console, partner["id"], price_points=1000)
    wallet_id = wallet_funded(console)
    shown = actions("GET", f"/catalogue?wallet_id={wallet_id}&commune=13201")[1]["items"]
    by_id = {line["id"]: line for line in shown}
    assert by_id[offer["id"]]["available"] is True
    refused = by_id[dear["id"]]
    assert (refused["available"], refused["reason"]) == (False, "insufficient_points")
    assert refused["message"] == "Le solde de points ne suffit pas."
    first = actions("GET", "/catalogue?limit=1")[1]
    assert [line["id"] for line in first["items"]] == [dear["id"]]
    rest = actions("GET", f"/catalogue?limit=1&cursor={first['next_cursor']}")[1]
    assert ([line["id"] for line in rest["items"]], rest["next_cursor"]) == ([offer["id"]], None)


def test_the_assistant_redeems_and_the_till_captures_once(
    console: Caller, actions: Caller, offer: dict[str, Any]
) -> None:
    wallet_id = wallet_funded(console)
    voucher = redemption_made(actions, wallet_id, offer["id"])
    assert (voucher["state"], voucher["points"]) == ("held", PRICE)
    assert actions("GET", f"/redemptions/{voucher['id']}") == (200, voucher)
    assert console("GET", f"/wallets/{wallet_id}/redemptions")[1]["items"] == [voucher]

    spoken = voucher["voucher_code"].lower().replace("-", "%20")
    own = f"?partner_id={voucher['offer']['partner_id']}"
    seen = console("GET", f"/vouchers/{spoken}{own}")[1]
    assert seen["offer"]["how_to_use"] == "Montrez le code à la caisse."
    captured = written(_capture(console, voucher), 200)
    assert (captured["state"], captured["site"], captured["cashier"]) == (
        "captured",
        "Caisse 1",
        CASHIER,
    )
    status, problem = _capture(console, voucher, site="Caisse 2")
    assert (status, problem["code"]) == (409, "voucher_already_captured")
    assert problem["fields"] == {"captured_at": captured["captured_at"], "site": "Caisse 1"}
    wallet = console("GET", f"/wallets/{wallet_id}")[1]
    assert (wallet["available_points"], wallet["held_points"]) == (60, 0)

    today = paris_day(timezone.now())
    day = console("GET", f"/partners/{voucher['offer']['partner_id']}/captures?day={today}")[1]
    totals = (day["total_vouchers"], day["total_points"], day["total_cents"])
    assert (totals, day["next_cursor"]) == ((1, PRICE, 350), None)
    assert day["items"][0]["voucher_code"] == voucher["voucher_code"]


def test_cancelling_brings_everything_back(
    console: Caller, actions: Caller, offer: dict[str, Any], voucher: dict[str, Any]
) -> None:
    path = f"/redemptions/{voucher['id']}/cancel"
    cancelled = written(actions("POST", path, key="cancel"), 200)
    assert cancelled["state"] == "cancelled"
    assert actions("POST", path, key="cancel") == (200, cancelled)
    assert actions("POST", path, key="again")[1]["code"] == "redemption_not_held"
    assert _capture(console, voucher)[1]["code"] == "voucher_cancelled"
    assert console("GET", f"/offers/{offer['id']}")[1]["left"] == 5


def test_a_dispute_is_listed_decided_and_shown_on_the_voucher(
    console: Caller, partner: dict[str, Any], voucher: dict[str, Any]
) -> None:
    written(_capture(console, voucher), 200)
    asked = {"partner_id": partner["id"], "reason": "wrong_amount", "actor": ACTOR}
    path = f"/vouchers/{voucher['voucher_code']}"
    dispute = written(console("POST", f"{path}/disputes", asked, key="dispute"))
    query = f"?state=open&partner_id={partner['id']}"
    assert console("GET", f"/disputes{query}")[1]["items"] == [dispute]
    assert console("GET", f"/disputes/{dispute['id']}") == (200, dispute)
    decision = {"decision": "refund", "actor": ACTOR}
    decided = written(
        console("POST", f"/disputes/{dispute['id']}/decision", decision, key="decide"), 200
    )
    assert (decided["state"], decided["decided_by"]) == ("refund_proposed", ACTOR)
    assert console("GET", path)[1]["dispute"] == "refund_proposed"
    proposed = console("GET", "/corrections?state=proposed")[1]["items"]
    assert [one["id"] for one in proposed] == [decided["correction_id"]]
    approve = {"decision": "approve", "actor": CASHIER}
    written(
        console("POST", f"/corrections/{decided['correction_id']}/decision", approve, key="a"), 200
    )
    assert console("GET", path)[1]["state"] == "refunded"


def test_a_statement_is_previewed_closed_and_read(
    console: Caller,
    partner: dict[str, Any],
    voucher: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written(_capture(console, voucher), 200)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)
    until = paris_day(tomorrow).isoformat()
    path = f"/partners/{partner['id']}/statements"
    preview = written(console("GET", f"{path}/preview?until={until}"), 200)
    assert (preview["vouchers"], preview["points"], preview["open_disputes"]) == (1, PRICE, 0)
    closed = written(console("POST", path, {"until": until, "actor": ACTOR}, key="close"))
    assert (closed["siret"], closed["reimbursement_cents"]) == (SIRET, 350)
    assert console("GET", path)[1]["items"] == [closed]
    assert console("GET", f"/statements/{closed['id']}") == (200, closed)
    lines = console("GET", f"/statements/{closed['id']}/lines?limit=1")[1]
    assert [line["voucher_code"] for line in lines["items"]] == [voucher["voucher_code"]]
    assert lines["next_cursor"] is None
    again = console("POST", path, {"until": until, "actor": ACTOR}, key="again")
    assert (again[0], again[1]["code"]) == (409, "period_closed")


def test_the_limits_are_figures_of_the_books(console: Caller, voucher: dict[str, Any]) -> None:
    written(_capture(console, voucher), 200)
    limits = written(console("GET", "/limits"), 200)
    assert (limits["spent_cents_12_months"], limits["circulation_points"]) == (350, 60)
    assert (limits["circulation_cents"], limits["level"]) == (600, "ok")
    assert limits["thresholds"] == {
        "watch_cents": 50_000_000,
        "alarm_cents": 75_000_000,
        "legal_cents": 100_000_000,
    }
    # The voucher's points are the partner's now: they circulate until a statement burns them.
    totals = limits["totals"]
    assert totals["circulating_points"] == 60 + voucher["points"]
    assert totals["expired_points"] == totals["reimbursed_points"] == 0


def test_the_movements_of_a_day_are_told(
    console: Caller, actions: Caller, voucher: dict[str, Any]
) -> None:
    written(_capture(console, voucher), 200)
    since = paris_day(timezone.now()) - dt.timedelta(days=1)
    told = written(console("GET", f"/movements?since={since}"), 200)
    assert told["next_since"] is None
    assert [(item["kind"], item["entries"], item["points"]) for item in told["items"]] == [
        ("redemption_captured", 1, PRICE),
        ("redemption_held", 1, PRICE),
        ("reward_granted", 1, 100),
    ]
    assert told["given"] == []  # these points came without a reward
    assert console("GET", "/movements?since=yesterday")[0] == 422
    assert actions("GET", f"/movements?since={since}")[1]["code"] == "scope_missing"


def test_expiring_points_are_announced_and_acknowledged(
    console: Caller, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet_id = wallet_funded(console, 30)
    assert console("GET", "/expiry-notices")[1] == {"items": [], "next_cursor": None}
    later = timezone.now() + dt.timedelta(days=24 * 31)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    (notice,) = console("GET", "/expiry-notices?limit=5")[1]["items"]
    assert (notice["wallet_id"], notice["points"]) == (wallet_id, 30)
    path = f"/expiry-notices/{notice['id']}/acknowledgement"
    for key in ("first", "first", "second"):
        answer = console("POST", path, {"outcome": "sent"}, key=key)
        assert answer == (200, {"id": notice["id"], "outcome": "sent"})
    other = console("POST", path, {"outcome": "unreachable"}, key="third")
    assert (other[0], other[1]["code"]) == (409, "notice_acknowledged")
    assert console("GET", "/expiry-notices")[1]["items"] == []
