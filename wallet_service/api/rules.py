"""``/v1/rules``: what each action earns, with its history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from service_kit.tokens import require_scope
from wallet_service.rewards.rendering import rule_body
from wallet_service.rewards.rulemaking import rule_add
from wallet_service.rewards.selectors import rule_versions, rules_current
from wallet_service.rewards.terms import RuleTerms

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, status_of
from .schemas.rules import RuleIn, RuleList, RuleOut
from .types import IdempotencyKeyHeader, RuleCode

router = Router(tags=["rules"])


@router.get("", response={200: RuleList, **READ_PROBLEMS}, operation_id="listRules")
def list_rules(request: HttpRequest) -> dict[str, Any]:
    """Every rule as it is now; one that is still to come with its start, an ended one with 0."""
    require_scope(request, "rules:read")
    return {"items": [rule_body(rule) for rule in rules_current()]}


@router.get(
    "/{code}/versions", response={200: RuleList, **READ_PROBLEMS}, operation_id="listRuleVersions"
)
def list_versions(request: HttpRequest, code: Path[RuleCode]) -> dict[str, Any]:
    """Every version of one rule, those still to come included, newest start first."""
    require_scope(request, "rules:read")
    return {"items": [rule_body(rule) for rule in rule_versions(code=code)]}


@router.post("", response={201: RuleOut, **WRITE_PROBLEMS}, operation_id="addRule")
def add_rule(
    request: HttpRequest, payload: RuleIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Append a version; the first one makes the rule.

    A version that is still to come is put right by another one with the same start.
    """
    caller = require_scope(request, "rules:write")
    return status_of(
        rule_add(
            client=caller.name,
            key=idempotency_key,
            code=payload.code,
            terms=RuleTerms(
                points=payload.points,
                cap_day_points=payload.cap_day_points,
                cap_month_points=payload.cap_month_points,
                cooling_off_s=payload.cooling_off_s,
                auto_post_after_days=payload.auto_post_after_days,
                checked_percent=payload.checked_percent,
            ),
            valid_from=payload.valid_from,
            campaign_code=payload.campaign,
            author=payload.author,
        )
    )
