"""Writes of the rewards.  Each is one SQL transaction: the reward's row, its journal entry (with
the settlement intent when it is posted) and the caller's idempotency key, so that a crash at any
moment leaves all of it or nothing, and the caller just sends the request again.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from wallet_service.ledger import domain as ledger
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import entry_post

from .domain import Channel, RewardState
from .errors import EvidenceAlreadyRewarded, RewardNotPending
from .models import Reward
from .selectors import reward_get, rule_current

# The rule in force, its points and the reward in one statement; nothing is inserted when no rule
# pays now, or when the evidence has its reward already (the index on rule code and evidence).
_OPEN = """
INSERT INTO rewards_reward (id, wallet_id, rule_id, rule_code, points, evidence, channel, state,
                            pending_entry_id, created_at)
SELECT %(reward)s, %(wallet)s, rule.id, rule.code, rule.points, %(evidence)s, %(channel)s,
       'pending', %(entry)s, %(at)s
  FROM (SELECT id, code, points FROM rewards_rewardrule
         WHERE code = %(rule)s AND valid_from <= %(at)s
         ORDER BY valid_from DESC LIMIT 1) AS rule
 WHERE rule.points > 0
ON CONFLICT (rule_code, evidence) DO NOTHING
RETURNING points
"""
# The state is compared and changed in one statement: of a confirm and a void at the same moment,
# the second waits for the row and then finds nothing pending.
_DECIDE = """
UPDATE rewards_reward
   SET state = %(state)s, void_reason = %(reason)s, decided_at = %(at)s,
       decided_entry_id = %(entry)s
 WHERE id = %(reward)s AND state = 'pending'
RETURNING wallet_id, rule_code, points, evidence, channel, created_at
"""


def reward_open(
    *,
    client: str,
    key: str,
    wallet_id: uuid.UUID,
    rule_code: str,
    evidence: uuid.UUID,
    channel: Channel,
) -> Answer:
    """Open a pending reward (201) with the points that the rule pays now.

    Raises ``WalletUnknown``, ``RuleUnknown``, ``EvidenceAlreadyRewarded``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="reward_open",
        arguments={
            "wallet_id": wallet_id,
            "rule": rule_code,
            "evidence": evidence,
            "channel": channel.value,
        },
    )

    def effect() -> Answer:
        reward = Reward(
            id=time_ordered_uuid(),
            wallet_id=wallet_id,
            rule_code=rule_code,
            evidence=evidence,
            channel=channel,
            state=RewardState.PENDING,
            pending_entry_id=time_ordered_uuid(),
            created_at=timezone.now(),
        )
        reward.points = _insert(reward)
        answer = answer_keep(request, Answer(status=201, body=reward_body(reward)))
        entry_post(
            operation=ledger.reward_pending(points=reward.points),
            wallet_id=wallet_id,
            subject=reward.id,
            entry_id=reward.pending_entry_id,
        )
        return answer

    return answer_once(request, effect)


def reward_confirm(*, client: str, key: str, reward_id: uuid.UUID) -> Answer:
    """Post a pending reward (200): its points become spendable and will be minted on the chain.

    Raises ``RewardUnknown``, ``RewardNotPending``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client, key=key, operation="reward_confirm", arguments={"reward_id": reward_id}
    )
    return answer_once(
        request, lambda: _decide(request=request, reward_id=reward_id, state=RewardState.POSTED)
    )


def reward_void(*, client: str, key: str, reward_id: uuid.UUID, reason: str) -> Answer:
    """Void a pending reward (200).  ``reason`` is a short code, never a text.

    Raises ``RewardUnknown``, ``RewardNotPending``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="reward_void",
        arguments={"reward_id": reward_id, "reason": reason},
    )
    return answer_once(
        request,
        lambda: _decide(
            request=request, reward_id=reward_id, state=RewardState.VOIDED, reason=reason
        ),
    )


def reward_body(reward: Reward) -> dict[str, Any]:
    """The reward as the API shows it; JSON values only, because it is kept with the key."""
    return {
        "id": str(reward.id),
        "wallet_id": str(reward.wallet_id),
        "rule": reward.rule_code,
        "points": reward.points,
        "state": str(reward.state),
        "evidence": str(reward.evidence),
        "channel": str(reward.channel),
        "created_at": _utc(reward.created_at),
        "decided_at": _utc(reward.decided_at) if reward.decided_at else None,
    }


def _insert(reward: Reward) -> int:
    """Insert the row and return its points.

    Raises ``RuleUnknown`` and ``EvidenceAlreadyRewarded``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "reward": reward.id,
                "wallet": reward.wallet_id,
                "rule": reward.rule_code,
                "evidence": reward.evidence,
                "channel": str(reward.channel),
                "entry": reward.pending_entry_id,
                "at": reward.created_at,
            },
        )
        row = cursor.fetchone()
    if row is None:
        rule_current(code=reward.rule_code, at=reward.created_at)
        raise EvidenceAlreadyRewarded
    return int(row[0])


def _decide(
    *, request: Request, reward_id: uuid.UUID, state: RewardState, reason: str = ""
) -> Answer:
    entry_id = time_ordered_uuid()
    decided_at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDE,
            {
                "state": state.value,
                "reason": reason,
                "at": decided_at,
                "entry": entry_id,
                "reward": reward_id,
            },
        )
        row = cursor.fetchone()
    if row is None:
        reward_get(reward_id=reward_id)
        raise RewardNotPending
    wallet_id, rule_code, points, evidence, channel, created_at = row
    decided = Reward(
        id=reward_id,
        wallet_id=wallet_id,
        rule_code=rule_code,
        points=points,
        evidence=evidence,
        channel=channel,
        state=state,
        created_at=created_at,
        decided_at=decided_at,
    )
    answer = answer_keep(request, Answer(status=200, body=reward_body(decided)))
    posting = ledger.reward_posted if state is RewardState.POSTED else ledger.reward_voided
    entry_post(
        operation=posting(points=points),
        wallet_id=wallet_id,
        subject=reward_id,
        entry_id=entry_id,
    )
    return answer


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
