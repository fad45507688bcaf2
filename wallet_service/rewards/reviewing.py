"""Cases for a person to look at: opened by patterns, decided by a supervisor."""

from __future__ import annotations

import uuid

from django.utils import timezone

from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid

from .deciding import Decision, decision_post, reward_decide
from .domain import ReviewPattern, ReviewState, RewardState
from .errors import ReviewDecided, RewardNotPending, RewardUnknown
from .models import ReviewCase
from .rendering import RewardFacts, review_body, reward_facts
from .selectors import review_get, reviews_shown, rewards_by_id

VOIDED_FOR_FRAUD = "confirmed_fraud"


def review_open(*, pattern: ReviewPattern, wallet_id: uuid.UUID, subject: uuid.UUID) -> ReviewCase:
    """The case about this subject and pattern, opened now unless there is one already.

    Part of the caller's transaction, which writes what looks wrong: a crash leaves both or neither.
    """
    return ReviewCase.objects.get_or_create(
        subject=subject,
        pattern=pattern,
        defaults={
            "id": time_ordered_uuid(),
            "wallet_id": wallet_id,
            "state": ReviewState.OPEN,
            "opened_at": timezone.now(),
        },
    )[0]


def review_decide(
    *, client: str, key: str, case_id: uuid.UUID, state: ReviewState, actor: uuid.UUID
) -> Answer:
    """Close an open case (200) as cleared or as confirmed fraud.

    Fraud also voids a reward that is still pending; what was posted takes a correction by two.
    One transaction holds the case, the reward, its entry and the key.

    Raises ``ReviewUnknown``, ``ReviewDecided``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="review_decide",
        arguments={"case_id": case_id, "state": state.value, "actor": actor},
    )

    def effect() -> Answer:
        now = timezone.now()
        changed = ReviewCase.objects.filter(id=case_id, state=ReviewState.OPEN).update(
            state=state, decided_by=actor, decided_at=now
        )
        case = review_get(case_id=case_id)
        if not changed:
            raise ReviewDecided
        voided = _void(case) if state is ReviewState.CONFIRMED_FRAUD else None
        reward = voided.facts if voided else reward_of_case(case)
        answer = answer_keep(request, Answer(status=200, body=review_body(case, reward=reward)))
        if voided:
            decision_post(voided)
        return answer

    return answer_once(request, effect)


def reward_of_case(case: ReviewCase) -> RewardFacts | None:
    """The reward that the case is about, if it is about one."""
    return rewards_of_cases([case]).get(case.subject)


def rewards_of_cases(cases: list[ReviewCase]) -> dict[uuid.UUID, RewardFacts]:
    """Subject → reward, for the cases that are about one."""
    rewards = rewards_by_id(reward_ids=[case.subject for case in cases])
    shown = reviews_shown(subjects=rewards)
    return {
        reward_id: reward_facts(reward, review=shown.get(reward_id))
        for reward_id, reward in rewards.items()
    }


def _void(case: ReviewCase) -> Decision | None:
    try:
        return reward_decide(
            reward_id=case.subject,
            state=RewardState.VOIDED,
            at=timezone.now(),
            reason=VOIDED_FOR_FRAUD,
        )
    except (RewardUnknown, RewardNotPending):
        return None  # about a voucher, or decided before
