"""Random lives of money in which wallets turn out to be one person's, and not to be after all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from wallet_service.ledger.services import merged_points_follow

from .machine import EVERYTHING, WALLETS, Money
from .purse import Purse

_places = st.permutations(range(WALLETS))


@dataclass
class _Merge:
    id: str
    source: Purse
    target: Purse
    moved: int  # points that went to the target, ever
    undone: bool = False


class Merging(Money):
    """As ``Money``, over the same API; the model moves whole balances."""

    def __init__(self) -> None:
        super().__init__()
        self.merges: list[_Merge] = []

    @rule(places=_places)
    def merge(self, places: list[int]) -> None:
        source, target = (self.purses[place] for place in places[:2])
        merge = _Merge(str(uuid.uuid4()), source, target, 0)
        path = f"/wallets/{target.wallet_id}/merges"
        body = {"id": merge.id, "source_id": source.wallet_id}
        if any(one.source in (source, target) for one in self._active()):
            assert self.city.refused("POST", path, body) == "merge_conflict"
            return
        made = self.city.made("POST", path, body)
        assert (made["moved_points"], made["moved_debt_points"]) == (
            source.available,
            source.recoverable,
        )
        self.merges.append(merge)
        self.done["merged"] += 1
        self._follow(merge)

    @precondition(lambda self: self.merges)
    @rule(place=st.integers(0, 9))
    def unmerge(self, place: int) -> None:
        merge = self.merges[place % len(self.merges)]
        path = f"/merges/{merge.id}/undo"
        if merge.undone:
            assert self.city.refused("POST", path) == "merge_conflict"
            return
        if any(one.source is merge.target for one in self._active()):
            assert self.city.refused("POST", path) == "merge_followed"
            return
        made = self.city.made("POST", path)
        points, debt = made["moved_points"], made["moved_debt_points"]
        assert 0 <= points <= min(merge.moved, merge.target.available)
        assert 0 <= debt <= merge.target.recoverable
        merge.undone = True
        merge.target.available -= points
        merge.target.recoverable -= debt
        merge.source.recoverable += debt
        merge.source.receive(points)
        self.done["unmerged"] += 1

    @rule()
    def worker_follows(self) -> None:
        """Until nothing is left to follow, as the worker does."""
        while True:
            behind = [one for one in self._active() if self._is_behind(one)]
            assert merged_points_follow(now=timezone.now(), limit=EVERYTHING) == len(behind)
            if not behind:
                return
            for merge in behind:
                self._follow(merge)
            self.done["followed"] += 1

    def teardown(self) -> None:
        # A redemption that is sent again lets points follow before it is found answered.
        self.worker_follows()
        super().teardown()

    def before_redeeming(self, purse: Purse) -> None:
        for merge in self._active():
            if merge.target is purse:
                self._follow(merge)

    def _active(self) -> list[_Merge]:
        return [merge for merge in self.merges if not merge.undone]

    def _is_behind(self, merge: _Merge) -> bool:
        return merge.source.available > 0 or merge.source.recoverable > 0

    def _follow(self, merge: _Merge) -> None:
        source, target = merge.source, merge.target
        self.done["debt moved"] += source.recoverable > 0
        merge.moved += source.available
        target.recoverable += source.recoverable
        points, source.available, source.recoverable = source.available, 0, 0
        target.receive(points)
