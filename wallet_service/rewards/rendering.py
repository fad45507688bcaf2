"""Rewards, rules, cases and corrections as the API shows them.

JSON values only, because the first answer to a write is kept with its key.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .domain import Channel, ReviewState, RewardState
from .models import Campaign, Correction, ReviewCase, Reward, RewardRule


@dataclass(frozen=True, slots=True)
class RewardFacts:
    """A reward at one moment of its life; ``review`` stands for all cases about it."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    rule_code: str
    quantity: int
    points: int
    state: RewardState
    evidence: uuid.UUID
    channel: Channel
    created_at: datetime
    posts_at: datetime | None = None
    review: ReviewState | None = None
    decided_at: datetime | None = None


def reward_facts(reward: Reward, *, review: ReviewState | None) -> RewardFacts:
    """The facts of a row."""
    return RewardFacts(
        id=reward.id,
        wallet_id=reward.wallet_id,
        rule_code=reward.rule_code,
        quantity=reward.quantity,
        points=reward.points,
        state=RewardState(reward.state),
        evidence=reward.evidence,
        channel=Channel(reward.channel),
        created_at=reward.created_at,
        posts_at=reward.posts_at,
        review=review,
        decided_at=reward.decided_at,
    )


def reward_body(facts: RewardFacts) -> dict[str, Any]:
    """``RewardOut``."""
    return {
        "id": str(facts.id),
        "wallet_id": str(facts.wallet_id),
        "rule": facts.rule_code,
        "quantity": facts.quantity,
        "points": facts.points,
        "state": facts.state.value,
        "evidence": str(facts.evidence),
        "channel": facts.channel.value,
        "created_at": _utc(facts.created_at),
        "posts_at": _utc(facts.posts_at),
        "review": facts.review.value if facts.review else None,
        "decided_at": _utc(facts.decided_at),
    }


def rule_body(rule: RewardRule) -> dict[str, Any]:
    """``RuleOut``."""
    return {
        "code": rule.code,
        "version": rule.id,
        "points": rule.points,
        "valid_from": _utc(rule.valid_from),
        "cap_day_points": rule.cap_day_points,
        "cap_month_points": rule.cap_month_points,
        "cooling_off_s": rule.cooling_off_s,
        "auto_post_after_days": rule.auto_post_after_days,
        "checked_percent": rule.checked_percent,
        "campaign": rule.campaign.code if rule.campaign else None,
        "source": str(rule.source),
        "author": _id(rule.author),
        "created_at": _utc(rule.created_at),
    }


def campaign_body(campaign: Campaign, *, spent_points: int) -> dict[str, Any]:
    """``CampaignOut``."""
    return {
        "code": campaign.code,
        "name": campaign.name,
        "starts_at": _utc(campaign.starts_at),
        "ends_at": _utc(campaign.ends_at),
        "budget_points": campaign.budget_points,
        "spent_points": spent_points,
        "author": str(campaign.author),
        "created_at": _utc(campaign.created_at),
    }


def review_body(case: ReviewCase, *, reward: RewardFacts | None) -> dict[str, Any]:
    """``ReviewOut``; ``reward`` when the case is about one."""
    return {
        "id": str(case.id),
        "pattern": str(case.pattern),
        "wallet_id": str(case.wallet_id),
        "subject": str(case.subject),
        "state": str(case.state),
        "opened_at": _utc(case.opened_at),
        "decided_by": _id(case.decided_by),
        "decided_at": _utc(case.decided_at),
        "reward": reward_body(reward) if reward else None,
    }


def correction_body(correction: Correction) -> dict[str, Any]:
    """``CorrectionOut``."""
    return {
        "id": str(correction.id),
        "kind": str(correction.kind),
        "wallet_id": str(correction.wallet_id),
        "subject": _id(correction.subject),
        "points": correction.points,
        "reason": correction.reason,
        "state": str(correction.state),
        "proposed_by": str(correction.proposed_by),
        "proposed_at": _utc(correction.proposed_at),
        "decided_by": _id(correction.decided_by),
        "decided_at": _utc(correction.decided_at),
        "entry_id": _id(correction.entry_id),
    }


def _utc(moment: datetime | None) -> str | None:
    """As the API writes moments everywhere: UTC, to the millisecond."""
    if moment is None:
        return None
    shown = moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1_000 * 1_000)
    text = shown.isoformat(timespec="milliseconds" if shown.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _id(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
