"""Reads of rules, rewards, campaigns, review cases and corrections."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from .domain import CorrectionState, ReviewState, review_shown
from .errors import (
    CampaignUnknown,
    CorrectionUnknown,
    ReviewUnknown,
    RewardUnknown,
    RuleUnknown,
)
from .models import Campaign, CampaignSlice, Correction, ReviewCase, Reward, RewardRule


def rule_current(*, code: str, at: datetime | None = None) -> RewardRule:
    """The version of the rule in force at ``at`` (default: now).

    Raises ``RuleUnknown`` when there is none yet, when it has ended (0 points), or when its
    campaign does not last.
    """
    moment = at or timezone.now()
    rule = (
        RewardRule.objects.filter(code=code, valid_from__lte=moment)
        .select_related("campaign")
        .order_by("-valid_from", "-id")
        .first()
    )
    if rule is None or rule.points == 0:
        raise RuleUnknown
    if rule.campaign and not rule.campaign.starts_at <= moment < rule.campaign.ends_at:
        raise RuleUnknown
    return rule


def rules_current(*, at: datetime | None = None) -> list[RewardRule]:
    """One version of every rule, ended ones too: that in force, or else the next one to come."""
    moment = at or timezone.now()
    versions = RewardRule.objects.select_related("campaign")
    in_force = {
        rule.code: rule
        for rule in versions.filter(valid_from__lte=moment)
        .order_by("code", "-valid_from", "-id")
        .distinct("code")
    }
    coming = versions.filter(valid_from__gt=moment).order_by("code", "valid_from", "-id")
    rules = {rule.code: rule for rule in coming.distinct("code")} | in_force
    return [rules[code] for code in sorted(rules)]


def rule_versions(*, code: str) -> list[RewardRule]:
    """Every version, newest start first.  Raises ``RuleUnknown`` when there is none."""
    versions = list(
        RewardRule.objects.filter(code=code)
        .select_related("campaign")
        .order_by("-valid_from", "-id")
    )
    if not versions:
        raise RuleUnknown
    return versions


def rules_are_seeded() -> bool:
    """Whether any rule exists; an empty table means that ``seed_rules`` never ran."""
    return RewardRule.objects.exists()


def campaign_get(*, code: str) -> Campaign:
    """The campaign.  Raises ``CampaignUnknown``."""
    campaign = Campaign.objects.filter(code=code).first()
    if campaign is None:
        raise CampaignUnknown
    return campaign


def campaigns_with_spent() -> list[tuple[Campaign, int]]:
    """Every campaign, newest start first, with the points that its rewards have taken."""
    left = dict(
        CampaignSlice.objects.values_list("campaign_id")
        .annotate(Sum("remaining_points"))
        .order_by()
    )
    return [
        (campaign, campaign.budget_points - left.get(campaign.id, campaign.budget_points))
        for campaign in Campaign.objects.order_by("-starts_at", "-id")
    ]


def reward_get(*, reward_id: uuid.UUID) -> Reward:
    """The reward.  Raises ``RewardUnknown``."""
    reward = Reward.objects.filter(id=reward_id).first()
    if reward is None:
        raise RewardUnknown
    return reward


def rule_codes_of(*, reward_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Reward id → code of its rule, for those ids that are rewards."""
    return dict(Reward.objects.filter(id__in=list(reward_ids)).values_list("id", "rule_code"))


def reviews_shown(*, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, ReviewState]:
    """Subject → the state that stands for all cases about it, for those that have any."""
    states: dict[uuid.UUID, set[ReviewState]] = {}
    for subject, state in ReviewCase.objects.filter(subject__in=list(subjects)).values_list(
        "subject", "state"
    ):
        states.setdefault(subject, set()).add(ReviewState(state))
    return {subject: shown for subject, found in states.items() if (shown := review_shown(found))}


def review_get(*, case_id: uuid.UUID) -> ReviewCase:
    """The case.  Raises ``ReviewUnknown``."""
    case = ReviewCase.objects.filter(id=case_id).first()
    if case is None:
        raise ReviewUnknown
    return case


def reviews_page(
    *, state: ReviewState | None, before: uuid.UUID | None, limit: int
) -> list[ReviewCase]:
    """Cases, newest first; ``before`` is the last id of the page before."""
    return list(_page(ReviewCase.objects.all(), state=state, before=before)[:limit])


def correction_get(*, correction_id: uuid.UUID) -> Correction:
    """The correction.  Raises ``CorrectionUnknown``."""
    correction = Correction.objects.filter(id=correction_id).first()
    if correction is None:
        raise CorrectionUnknown
    return correction


def corrections_page(
    *, state: CorrectionState | None, before: uuid.UUID | None, limit: int
) -> list[Correction]:
    """Corrections, newest first; ``before`` is the last id of the page before."""
    return list(_page(Correction.objects.all(), state=state, before=before)[:limit])


def rewards_by_id(*, reward_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Reward]:
    """The rewards among these ids."""
    return {reward.id: reward for reward in Reward.objects.filter(id__in=reward_ids)}


def _page[Row: (ReviewCase, Correction)](
    rows: QuerySet[Row], *, state: str | None, before: uuid.UUID | None
) -> QuerySet[Row]:
    wanted = Q()
    if state is not None:
        wanted &= Q(state=state)
    if before is not None:
        wanted &= Q(id__lt=before)
    return rows.filter(wanted).order_by("-id")
