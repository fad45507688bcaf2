"""``/v1/reviews``: what looks wrong, and what a person found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.rewards.domain import ReviewState
from wallet_service.rewards.models import ReviewCase
from wallet_service.rewards.rendering import review_body
from wallet_service.rewards.reviewing import review_decide, rewards_of_cases
from wallet_service.rewards.selectors import reviews_page

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.reviews import (
    ReviewDecision,
    ReviewDecisionIn,
    ReviewOut,
    ReviewPage,
    ReviewsQuery,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["reviews"])
_STATES = {
    ReviewDecision.CLEAR: ReviewState.CLEARED,
    ReviewDecision.CONFIRM_FRAUD: ReviewState.CONFIRMED_FRAUD,
}


@router.get("", response={200: ReviewPage, **READ_PROBLEMS}, operation_id="listReviews")
def list_reviews(request: HttpRequest, page: Query[ReviewsQuery]) -> dict[str, Any]:
    """Cases, newest first."""
    require_scope(request, "reviews:read")
    return page_of(
        reviews_page(state=page.state, before=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda case: case.id,
        bodies=_bodies,
    )


@router.post(
    "/{case_id}/decision",
    response={200: ReviewOut, **WRITE_PROBLEMS},
    operation_id="decideReview",
)
def decide_review(
    request: HttpRequest,
    case_id: Uuid,
    payload: ReviewDecisionIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Close an open case.  Confirmed fraud voids its reward when that is still pending."""
    caller = require_scope(request, "reviews:write")
    return status_of(
        review_decide(
            client=caller.name,
            key=idempotency_key,
            case_id=case_id,
            state=_STATES[payload.decision],
            actor=payload.actor,
        )
    )


def _bodies(cases: list[ReviewCase]) -> list[dict[str, Any]]:
    rewards = rewards_of_cases(cases)
    return [review_body(case, reward=rewards.get(case.subject)) for case in cases]
