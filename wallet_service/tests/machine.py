"""Random lives of money: what can happen to it, and what the books must say afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from unittest.mock import patch

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from wallet_service.api.tests.conftest import CONSOLE_TOKEN, Caller
from wallet_service.ledger.selectors import balances_of, wallet_get
from wallet_service.ledger.services import points_expire_due
from wallet_service.ledger.tests.given import announced, time_passes
from wallet_service.offers.domain import paris_day
from wallet_service.offers.services.lapsing import holds_lapse_due

from .city import SUPERVISORS, City
from .contradictions import contradictions, points_out_of_time
from .purse import Earned, Purse, Voucher
from .settling import Settling

WALLETS = 3
PRICE_POINTS = 4
CHECKED, PAID_AT_ONCE = "machine.checked", "machine.deposit"
CHECKED_POINTS, DEPOSIT_POINTS = 5, 1
MANY_POINTS = 30
EVERYTHING = 10_000

_purses = st.integers(min_value=0, max_value=WALLETS - 1)


class Money(Settling):
    """The whole wallet over its API, above a chain that comes and goes."""

    rewards = Bundle("rewards")
    vouchers = Bundle("vouchers")

    def __init__(self) -> None:
        super().__init__()
        self.city = City(Caller(CONSOLE_TOKEN))
        self.city.open_rule(CHECKED, points=CHECKED_POINTS, auto_post_after_days=None)
        self.city.open_rule(PAID_AT_ONCE, points=DEPOSIT_POINTS, auto_post_after_days=0)
        self.partner_id = self.city.open_partner()
        self.offer_id = self.city.open_offer(self.partner_id, price_points=PRICE_POINTS)
        self.purses = [Purse() for _ in range(WALLETS)]
        for purse in self.purses:
            self.city.open_wallet(purse.wallet_id)
            self.city.correct({"kind": "credit", "wallet_id": purse.wallet_id, "points": 9})
            purse.receive(9)
        self.taken: list[Voucher] = []
        self.days = 0

    # --- rewards

    @rule(target=rewards, place=_purses, quantity=st.integers(1, 9))
    def deposit(self, place: int, quantity: int) -> Earned:
        reward = self._reward(place, PAID_AT_ONCE, quantity)
        assert reward.state == "posted"
        reward.purse.receive(reward.points)
        return reward

    @rule(target=rewards, place=_purses, at_once=st.sampled_from(["", "confirm", "void"]))
    def report(self, place: int, at_once: str) -> Earned:
        reward = self._reward(place, CHECKED, 1)
        assert reward.state == "pending"
        reward.purse.pending += reward.points
        if at_once:
            self._decide(reward, void=at_once == "void")
        return reward

    @rule(target=rewards, places=st.lists(_purses, min_size=2, max_size=5))
    def deposits(self, places: list[int]) -> Any:
        items = [
            {"key": str(uuid.uuid4()), **self._order(place, PAID_AT_ONCE, 2)} for place in places
        ]
        answers = self.city.made("POST", "/rewards/bulk", {"items": items})["results"]
        made = []
        for place, item, answer in zip(places, items, answers, strict=True):
            assert (answer["key"], answer["status"]) == (item["key"], 201)
            purse = self.purses[place]
            made.append(Earned(answer["reward"]["id"], purse, 2 * DEPOSIT_POINTS, "posted"))
            purse.receive(2 * DEPOSIT_POINTS)
        return multiple(*made)

    @rule(reward=rewards, void=st.booleans())
    def decide(self, reward: Earned, void: bool) -> None:
        self._decide(reward, void=void)

    def _decide(self, reward: Earned, *, void: bool) -> None:
        path = f"/rewards/{reward.id}/{'void' if void else 'confirm'}"
        body = {"reason": "evidence_rejected"} if void else None
        if reward.state != "pending":
            assert self.city.refused("POST", path, body) == "reward_not_pending"
            return
        self.city.made("POST", path, body)
        reward.purse.pending -= reward.points
        reward.state = "voided" if void else "posted"
        self.done[reward.state] += 1
        if not void:
            reward.purse.receive(reward.points)

    @rule(reward=rewards)
    def reverse(self, reward: Earned) -> None:
        order: dict[str, object] = {"kind": "reverse_reward", "subject": reward.id}
        if reward.state != "posted":
            self.city.refused_correction(order)
            return
        self.city.correct(order)
        reward.state = "reversed"
        self.done["reversed"] += 1
        reward.purse.take_back(reward.points)

    @rule(place=_purses, points=st.integers(1, 12), kind=st.sampled_from(["credit", "debit"]))
    def correct(self, place: int, points: int, kind: str) -> None:
        purse = self.purses[place]
        self.city.correct({"kind": kind, "wallet_id": purse.wallet_id, "points": points})
        (purse.receive if kind == "credit" else purse.take_back)(points)

    # --- vouchers

    @rule(
        target=vouchers,
        place=_purses,
        at_once=st.sampled_from(["", "cancel", "late", "capture", "refund", "close", "close"]),
    )
    def redeem(self, place: int, at_once: str) -> Any:
        purse = self.purses[place]
        wish = {"wallet_id": purse.wallet_id, "offer_id": self.offer_id, "channel": "web"}
        self.before_redeeming(purse)
        if purse.available < PRICE_POINTS:
            assert self.city.refused("POST", "/redemptions", wish) == "insufficient_points"
            return multiple()
        made = self.city.made("POST", "/redemptions", wish)
        purse.available -= PRICE_POINTS
        purse.held += PRICE_POINTS
        voucher = Voucher(made["id"], made["voucher_code"], purse, PRICE_POINTS)
        self.taken.append(voucher)
        if at_once == "late":
            self._expire()
        if at_once in ("cancel", "late"):
            self._cancel(voucher)
        elif at_once:
            self._capture(voucher)
        if at_once == "refund":
            self._refund(voucher)
        elif at_once == "close":
            self._close_period()
        return voucher

    def before_redeeming(self, purse: Purse) -> None:
        """What the service does first."""

    @rule(voucher=vouchers)
    def capture(self, voucher: Voucher) -> None:
        self._capture(voucher)

    def _capture(self, voucher: Voucher) -> None:
        path = f"/vouchers/{voucher.code}/capture"
        scan = {
            "partner_id": self.partner_id,
            "cashier": SUPERVISORS[0],
            "site": "Caisse 1",
            "own_voucher": False,
        }
        if voucher.state != "held":
            code = "already_captured" if voucher.state == "captured" else voucher.state
            assert self.city.refused("POST", path, scan) == f"voucher_{code}"
            return
        self.city.made("POST", path, scan)
        voucher.state = "captured"
        voucher.purse.held -= voucher.points
        self.done["captured"] += 1

    @rule(voucher=vouchers)
    def cancel(self, voucher: Voucher) -> None:
        self._cancel(voucher)

    def _cancel(self, voucher: Voucher) -> None:
        path = f"/redemptions/{voucher.id}/cancel"
        if voucher.state != "held":
            assert self.city.refused("POST", path) == "redemption_not_held"
            return
        out_of_time = points_out_of_time(voucher.id)
        self.city.made("POST", path)
        self._released(voucher, "cancelled", out_of_time=out_of_time)

    @precondition(lambda self: any(voucher.state == "held" for voucher in self.taken))
    @rule()
    def lapse(self) -> None:
        """A worker's clock far enough on for every voucher that is still held."""
        held = [voucher for voucher in self.taken if voucher.state == "held"]
        later = timezone.now() + dt.timedelta(days=60)
        out_of_time = {voucher.id: points_out_of_time(voucher.id) for voucher in held}
        assert holds_lapse_due(now=later, limit=EVERYTHING) == len(held)
        assert holds_lapse_due(now=later, limit=EVERYTHING) == 0
        for voucher in held:
            self._released(voucher, "expired", out_of_time=out_of_time[voucher.id])

    @rule(voucher=consumes(vouchers))
    def refund(self, voucher: Voucher) -> None:
        """The partner says that it was a mistake; two supervisors agree."""
        self._refund(voucher)

    def _refund(self, voucher: Voucher) -> None:
        path = f"/vouchers/{voucher.code}/disputes"
        dispute = {
            "partner_id": self.partner_id,
            "reason": "captured_by_mistake",
            "actor": SUPERVISORS[0],
        }
        if voucher.state != "captured":
            assert self.city.refused("POST", path, dispute) == "voucher_not_captured"
            return
        opened = self.city.made("POST", path, dispute)
        path = f"/disputes/{opened['id']}/decision"
        wish = {"decision": "refund", "actor": SUPERVISORS[0]}
        if voucher.closed:
            assert self.city.refused("POST", path, wish) == "period_closed"
            return
        self.city.approve(self.city.made("POST", path, wish)["correction_id"])
        voucher.state = "refunded"
        self.done["refunded"] += 1
        voucher.purse.receive(voucher.points)

    @rule()
    def close_period(self) -> None:
        """A day goes by, and the partner's statement takes all that was captured before."""
        self._close_period()

    def _close_period(self) -> None:
        self.days += 1
        now = timezone.now() + dt.timedelta(days=self.days)
        open_vouchers = [v for v in self.taken if v.state == "captured" and not v.closed]
        body = {"until": str(paris_day(now)), "actor": SUPERVISORS[0]}
        path = f"/partners/{self.partner_id}/statements"
        with patch("django.utils.timezone.now", return_value=now):
            if not open_vouchers:
                assert self.city.refused("POST", path, body) == "nothing_to_close"
                return
            closed = self.city.made("POST", path, body)
        assert closed["points"] == sum(voucher.points for voucher in open_vouchers)
        for voucher in open_vouchers:
            voucher.closed = True
        self.done["closed"] += 1

    # --- time

    @precondition(lambda self: sum(purse.available for purse in self.purses) > MANY_POINTS)
    @rule()
    def expire(self) -> None:
        """Two years later: what was announced a month before is gone, and only that."""
        self._expire()

    def _expire(self) -> None:
        years = dt.timedelta(days=366 * 3)
        announced(until=timezone.now() + years)
        time_passes(years)
        points_expire_due(now=timezone.now(), limit=EVERYTHING)
        assert points_expire_due(now=timezone.now(), limit=EVERYTHING) == 0
        for purse in self.purses:
            self.done["points expired"] += purse.available > 0
            purse.available = 0

    # --- what always holds

    @invariant()
    def balances_are_the_models(self) -> None:
        for purse in self.purses:
            books = balances_of(wallet=wallet_get(wallet_id=uuid.UUID(purse.wallet_id)))
            assert purse == Purse(
                purse.wallet_id,
                books.available_points,
                books.pending_points,
                books.held_points,
                books.recoverable_points,
            )

    def teardown(self) -> None:
        try:
            self.city.everything_is_answered_as_before()
            self.city.keys_are_not_taken_twice()
            self.chain_settles_to(self._on_chain())
            assert contradictions() == {}
        finally:
            self.end()

    def _on_chain(self) -> dict[str, int]:
        """Holder → what the chain must know of."""
        earned = sum(v.points for v in self.taken if v.state == "captured" and not v.closed)
        return {purse.wallet_id: purse.on_chain for purse in self.purses} | {
            self.partner_id: earned
        }

    def _order(self, place: int, code: str, quantity: int) -> dict[str, object]:
        return {
            "wallet_id": self.purses[place].wallet_id,
            "rule": code,
            "evidence": str(uuid.uuid4()),
            "channel": "web",
            "quantity": quantity,
        }

    def _reward(self, place: int, code: str, quantity: int) -> Earned:
        made = self.city.made("POST", "/rewards", self._order(place, code, quantity))
        return Earned(made["id"], self.purses[place], made["points"], made["state"])

    def _released(self, voucher: Voucher, state: str, *, out_of_time: int) -> None:
        voucher.state = state
        self.done[state] += 1
        self.done["returned too late"] += out_of_time > 0
        voucher.purse.held -= voucher.points
        voucher.purse.receive(voucher.points, out_of_time=out_of_time)
