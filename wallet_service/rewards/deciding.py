"""A pending reward becomes posted or voided: by a person, by its time, or with a review case."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wallet_service.ledger import domain as ledger
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import entry_post

from .budgets import budget_give_back
from .domain import Channel, ReviewState, RewardState, review_shown
from .errors import RewardNotPending
from .rendering import RewardFacts
from .selectors import reward_get

# The state is compared and changed in one statement: of a confirm and a void at the same moment,
# the second waits for the row and then finds nothing pending.
_DECIDE = """
UPDATE rewards_reward AS reward
   SET state = %(state)s, void_reason = %(reason)s, decided_at = %(at)s,
       decided_entry_id = %(entry)s
  FROM rewards_rewardrule AS rule
 WHERE reward.id = %(reward)s AND reward.state = 'pending' AND rule.id = reward.rule_id
   AND (NOT %(only_due)s OR reward.posts_at <= %(at)s AND NOT EXISTS (
           SELECT FROM rewards_reviewcase AS review
            WHERE review.subject = reward.id AND review.state = 'open'))
RETURNING reward.wallet_id, reward.rule_code, reward.quantity, reward.points, reward.evidence,
          reward.channel, reward.created_at, reward.posts_at, rule.campaign_id,
          ARRAY(SELECT review.state FROM rewards_reviewcase AS review
                 WHERE review.subject = reward.id)
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """A changed row whose entry is still to be posted (``decision_post``)."""

    facts: RewardFacts
    entry_id: uuid.UUID
    campaign_id: int | None


def reward_decide(
    *,
    reward_id: uuid.UUID,
    state: RewardState,
    at: datetime,
    reason: str = "",
    only_due: bool = False,
) -> Decision:
    """Change the row, in the caller's transaction; its entry must follow, last.

    ``only_due``: only when its time has come and no case about it is open.

    Raises ``RewardUnknown`` and ``RewardNotPending``.
    """
    entry_id = time_ordered_uuid()
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDE,
            {
                "state": state.value,
                "reason": reason,
                "at": at,
                "entry": entry_id,
                "reward": reward_id,
                "only_due": only_due,
            },
        )
        row = cursor.fetchone()
    if row is None:
        reward_get(reward_id=reward_id)
        raise RewardNotPending
    wallet_id, rule_code, quantity, points, evidence, channel, created_at, due_at, *rest = row
    campaign_id, reviews = rest
    facts = RewardFacts(
        id=reward_id,
        wallet_id=wallet_id,
        rule_code=rule_code,
        quantity=quantity,
        points=points,
        state=state,
        evidence=evidence,
        channel=Channel(channel),
        created_at=created_at,
        posts_at=due_at,
        review=review_shown({ReviewState(review) for review in reviews}),
        decided_at=at,
    )
    return Decision(facts=facts, entry_id=entry_id, campaign_id=campaign_id)


def decision_post(decision: Decision) -> None:
    """The entry, and what a voided reward gives back to its campaign.

    Raises ``IssuingStopped`` for a reward that would be posted.
    """
    facts = decision.facts
    voided = facts.state is RewardState.VOIDED
    if voided and decision.campaign_id is not None:
        budget_give_back(campaign_id=decision.campaign_id, reward_id=facts.id, points=facts.points)
    posting = ledger.reward_voided if voided else ledger.reward_posted
    entry_post(
        operation=posting(points=facts.points),
        wallet_id=facts.wallet_id,
        subject=facts.id,
        entry_id=decision.entry_id,
    )
