"""Rewards that post by themselves once their time has come."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from wallet_service.ledger.errors import IssuingStopped
from wallet_service.ledger.one_by_one import Failures

from .deciding import decision_post, reward_decide
from .domain import ReviewState, RewardState
from .errors import RewardNotPending
from .models import ReviewCase, Reward

logger = logging.getLogger(__name__)


def rewards_post_due(*, now: datetime, limit: int) -> int:
    """Post up to ``limit`` pending rewards whose time has come; returns how many.

    A reward with an open case stays.  Each is one transaction that compares the state again, so a
    person who decides at the same moment, a second worker or a crash changes nothing else; running
    again goes on where it stopped.  While issuing is stopped none is posted.  One that fails keeps
    the others from nothing; the first error is raised at the end.
    """
    under_review = ReviewCase.objects.filter(subject=OuterRef("id"), state=ReviewState.OPEN)
    due = (
        Reward.objects.filter(~Exists(under_review), state=RewardState.PENDING, posts_at__lte=now)
        .order_by("posts_at")
        .values_list("id", flat=True)[:limit]
    )
    failures = Failures()
    posted = 0
    for reward_id in list(due):
        with failures.kept("a reward can't be posted", reward_id=reward_id):
            try:
                posted += _post(reward_id, at=now)
            except IssuingStopped:
                logger.warning("rewards wait: issuing stopped", extra={"code": "issuing_stopped"})
                break
    failures.raise_first()
    return posted


def _post(reward_id: uuid.UUID, *, at: datetime) -> bool:
    try:
        with transaction.atomic(durable=True):
            decision_post(
                reward_decide(reward_id=reward_id, state=RewardState.POSTED, at=at, only_due=True)
            )
    except RewardNotPending:
        return False  # somebody was faster
    return True
