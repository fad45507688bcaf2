"""Budgets of campaigns: split into slices, so that rewards at the same moment do not queue for one
row, and never overdrawn (the database refuses a slice below zero).

One reward takes from one slice.  When that slice is short the whole transaction starts again with
all slices of the campaign locked in their order: a request never waits for a slice while it holds
one that comes later, so that two of them can't wait for each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models import F

from .models import CampaignSlice
from .models.rules import BUDGET_SLICES


class SliceShort(Exception):
    """One slice does not hold the points; all of them together may.  Never leaves the services."""


def slices_of(budget_points: int) -> list[int]:
    """The budget in equal shares; the first ones hold what can't be divided."""
    share, rest = divmod(budget_points, BUDGET_SLICES)
    return [share + (number < rest) for number in range(BUDGET_SLICES)]


def budget_take_from_slice(*, campaign_id: int, reward_id: uuid.UUID, points: int) -> None:
    """Take ``points`` from the reward's own slice.  Raises ``SliceShort``."""
    taken = CampaignSlice.objects.filter(
        campaign_id=campaign_id, number=_slice_of(reward_id), remaining_points__gte=points
    ).update(remaining_points=F("remaining_points") - points)
    if not taken:
        raise SliceShort


def budget_give_back(*, campaign_id: int, reward_id: uuid.UUID, points: int) -> None:
    """Put the points of a voided or reversed reward back: it took them once, and is decided and
    reversed once, so what is left never exceeds the budget (the database refuses it)."""
    CampaignSlice.objects.filter(campaign_id=campaign_id, number=_slice_of(reward_id)).update(
        remaining_points=F("remaining_points") + points
    )


class LockedBudgets:
    """All slices of some campaigns, locked until the transaction ends; written back once."""

    def __init__(self, campaign_ids: Iterable[int]) -> None:
        self._slices: dict[int, list[CampaignSlice]] = {}
        self._changed: set[int] = set()
        asked = set(campaign_ids)
        if not asked:
            return
        for piece in (
            CampaignSlice.objects.select_for_update()
            .filter(campaign_id__in=asked)
            .order_by("campaign_id", "number")
        ):
            self._slices.setdefault(piece.campaign_id, []).append(piece)

    def remaining(self, campaign_id: int) -> int:
        """Points left in the campaign's budget."""
        return sum(piece.remaining_points for piece in self._slices[campaign_id])

    def take(self, campaign_id: int, points: int) -> bool:
        """Take ``points`` wherever they are; ``False``, and nothing taken, when there are fewer."""
        if self.remaining(campaign_id) < points:
            return False
        # From the fullest first: what stays behind lies evenly.
        for piece in sorted(
            self._slices[campaign_id], key=lambda piece: piece.remaining_points, reverse=True
        ):
            part = min(points, piece.remaining_points)
            piece.remaining_points -= part
            points -= part
            self._changed.add(campaign_id)
            if not points:
                break
        return True

    def write_back(self) -> None:
        """Store what is left, in one statement."""
        pieces = [piece for campaign in self._changed for piece in self._slices[campaign]]
        if not pieces:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE rewards_campaignslice AS slice SET remaining_points = given.points"
                "  FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, points)"
                " WHERE slice.id = given.id AND slice.remaining_points <> given.points",
                [[piece.id for piece in pieces], [piece.remaining_points for piece in pieces]],
            )


def _slice_of(reward_id: uuid.UUID) -> int:
    return reward_id.int % BUDGET_SLICES
