"""Reads of rules and rewards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from .errors import RewardUnknown, RuleUnknown
from .models import Reward, RewardRule


def rule_current(*, code: str, at: datetime | None = None) -> RewardRule:
    """The version of the rule in force at ``at`` (default: now).

    Raises ``RuleUnknown`` when there is none yet, or when it has ended (0 points).
    """
    rule = (
        RewardRule.objects.filter(code=code, valid_from__lte=at or timezone.now())
        .order_by("-valid_from")
        .first()
    )
    if rule is None or rule.points == 0:
        raise RuleUnknown
    return rule


def rules_are_seeded() -> bool:
    """Whether any rule exists; an empty table means that ``seed_rules`` never ran."""
    return RewardRule.objects.exists()


def reward_get(*, reward_id: uuid.UUID) -> Reward:
    """The reward.  Raises ``RewardUnknown``."""
    reward = Reward.objects.filter(id=reward_id).first()
    if reward is None:
        raise RewardUnknown
    return reward


def rule_codes_of(*, reward_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Reward id → code of its rule, for those ids that are rewards."""
    return dict(Reward.objects.filter(id__in=list(reward_ids)).values_list("id", "rule_code"))
