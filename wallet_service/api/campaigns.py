"""``/v1/campaigns``: budgets that rules pay out of for a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from service_kit.tokens import require_scope
from wallet_service.rewards.rendering import campaign_body
from wallet_service.rewards.rulemaking import campaign_add
from wallet_service.rewards.selectors import campaigns_with_spent

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, status_of
from .schemas.rules import CampaignIn, CampaignList, CampaignOut
from .types import IdempotencyKeyHeader

router = Router(tags=["rules"])


@router.get("", response={200: CampaignList, **READ_PROBLEMS}, operation_id="listCampaigns")
def list_campaigns(request: HttpRequest) -> dict[str, Any]:
    """Every campaign with what it has spent, newest start first."""
    require_scope(request, "rules:read")
    return {
        "items": [
            campaign_body(campaign, spent_points=spent)
            for campaign, spent in campaigns_with_spent()
        ]
    }


@router.post("", response={201: CampaignOut, **WRITE_PROBLEMS}, operation_id="addCampaign")
def add_campaign(
    request: HttpRequest, payload: CampaignIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Begin a campaign; versions of rules then name it."""
    caller = require_scope(request, "rules:write")
    return status_of(
        campaign_add(
            client=caller.name,
            key=idempotency_key,
            code=payload.code,
            name=payload.name,
            starts_at=payload.starts_at,
            ends_at=payload.ends_at,
            budget_points=payload.budget_points,
            author=payload.author,
        )
    )
