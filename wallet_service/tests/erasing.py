"""Random lives of money in which wallets become nobody's: their owner was erased."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from wallet_service.ledger.services import closed_wallets_empty

from .machine import CHECKED, EVERYTHING, WALLETS
from .merging import Merging
from .purse import Earned


class Erasing(Merging):
    """As ``Merging``: a wallet is closed wherever it stands in merges, and late credits go too."""

    def __init__(self) -> None:
        super().__init__()
        self.earned: list[Earned] = []
        self.closed: set[str] = set()

    @rule(place=st.integers(0, WALLETS - 1))
    def erase(self, place: int) -> None:
        purse = self.purses[place]
        self.correct(place=place, points=12, kind="credit")
        promised = self._reward(place, CHECKED, 1)
        purse.pending += promised.points
        self.redeem(place=place, at_once="")
        self.done["held"] += purse.held > 0
        for _ in range(2):
            status, answer = self.city.caller("PUT", f"/wallets/{purse.wallet_id}/closure")
            assert status == 200, answer
        for reward in self.earned:
            if reward.purse is purse and reward.state == "pending":
                reward.state = "voided"
        for voucher in self.taken:
            if voucher.purse is purse and voucher.state == "held":
                voucher.state = "cancelled"
        self.done["forfeited"] += purse.available > 0
        purse.available = purse.pending = purse.held = purse.recoverable = 0
        self.closed.add(purse.wallet_id)
        self.done["erased"] += 1

    @rule(places=st.permutations(range(WALLETS)), who=st.sampled_from([0, 1]))
    def merge_then_erase(self, places: list[int], who: int) -> None:
        """The one that points came from, or the one that they went to."""
        self.merge(places=places)
        self.erase(place=places[who])
        self.deposit(place=places[who], quantity=3)  # too late: it is nobody's

    @precondition(lambda self: self.closed)
    @rule()
    def worker_empties(self) -> None:
        """What came to closed wallets since."""
        late = [
            purse
            for purse in self.purses
            if purse.wallet_id in self.closed and (purse.available or purse.recoverable)
        ]
        assert closed_wallets_empty(limit=EVERYTHING) == len(late)
        for purse in late:
            purse.available = purse.recoverable = 0
        self.done["emptied"] += bool(late)

    def _reward(self, place: int, code: str, quantity: int) -> Earned:
        reward = super()._reward(place, code, quantity)
        self.earned.append(reward)
        return reward
