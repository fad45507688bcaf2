"""Supervisors' writes: versions of rules, and campaigns."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, connection
from django.utils import timezone

from wallet_service.ledger.errors import violated_constraint
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once

from .budgets import slices_of
from .domain import RuleSource
from .errors import (
    CampaignCodeTaken,
    CampaignDatesContradict,
    RuleStartInPast,
    RuleTermsContradict,
)
from .models import Campaign, CampaignSlice, RewardRule
from .rendering import campaign_body, rule_body
from .selectors import campaign_get
from .terms import RuleTerms


def rule_add(
    *,
    client: str,
    key: str,
    code: str,
    terms: RuleTerms,
    valid_from: datetime | None,
    campaign_code: str | None,
    author: uuid.UUID,
) -> Answer:
    """Append a version of a rule (201) that begins at ``valid_from`` (``None``: now).

    What is past can't be changed; a version that is still to come is put right by another one with
    the same start.  One transaction holds the version and the key.

    Raises ``RuleStartInPast``, ``RuleTermsContradict``, ``CampaignUnknown``,
    ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="rule_add",
        arguments={
            "code": code,
            "terms": str(terms),
            "valid_from": str(valid_from),
            "campaign": str(campaign_code),
            "author": author,
        },
    )

    def effect() -> Answer:
        now = database_now()
        # To the second, as it is shown: what has the same start can be sent again.
        start = valid_from.replace(microsecond=0) if valid_from else now
        if start < now:
            raise RuleStartInPast
        if contradiction := terms.contradiction:
            raise RuleTermsContradict(contradiction)
        campaign = campaign_get(code=campaign_code) if campaign_code else None
        rule = rule_version(
            code=code,
            terms=terms,
            valid_from=start,
            created_at=now,
            campaign=campaign,
            author=author,
        )
        rule.save(force_insert=True)
        return answer_keep(request, Answer(status=201, body=rule_body(rule)))

    return answer_once(request, effect)


def rule_version(
    *,
    code: str,
    terms: RuleTerms,
    valid_from: datetime,
    created_at: datetime,
    campaign: Campaign | None = None,
    author: uuid.UUID | None = None,
) -> RewardRule:
    """An unsaved version; without an ``author`` it is the seed file's."""
    return RewardRule(
        code=code,
        points=terms.points,
        valid_from=valid_from,
        cap_day_points=terms.cap_day_points,
        cap_month_points=terms.cap_month_points,
        cooling_off_s=terms.cooling_off_s,
        auto_post_after_days=terms.auto_post_after_days,
        checked_percent=terms.checked_percent,
        campaign=campaign,
        source=RuleSource.SUPERVISOR if author else RuleSource.SEED,
        author=author,
        created_at=created_at,
    )


def campaign_add(
    *,
    client: str,
    key: str,
    code: str,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    budget_points: int,
    author: uuid.UUID,
) -> Answer:
    """Begin a campaign (201) whose rules, once added, pay out of its budget while it lasts.

    One transaction holds the campaign, its budget and the key.

    Raises ``CampaignCodeTaken``, ``CampaignDatesContradict``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="campaign_add",
        arguments={
            "code": code,
            "name": name,
            "starts_at": str(starts_at),
            "ends_at": str(ends_at),
            "budget_points": budget_points,
            "author": author,
        },
    )

    def effect() -> Answer:
        if ends_at <= starts_at or ends_at <= timezone.now():
            raise CampaignDatesContradict
        campaign = Campaign(
            code=code,
            name=name,
            starts_at=starts_at,
            ends_at=ends_at,
            budget_points=budget_points,
            author=author,
            created_at=timezone.now(),
        )
        try:
            campaign.save(force_insert=True)
        except IntegrityError as error:
            if violated_constraint(error) == "rewards_campaign_code_key":
                raise CampaignCodeTaken from error
            raise
        CampaignSlice.objects.bulk_create(
            [
                CampaignSlice(campaign=campaign, number=number, remaining_points=points)
                for number, points in enumerate(slices_of(budget_points))
            ]
        )
        return answer_keep(
            request, Answer(status=201, body=campaign_body(campaign, spent_points=0))
        )

    return answer_once(request, effect)


def database_now() -> datetime:
    """The moment by the database's clock, which refuses versions that begin before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
