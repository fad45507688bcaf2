"""Rules and campaigns: what actions earn, since when, and out of which budget."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import request


@dataclass(frozen=True)
class RuleView:
    """One version of a rule; caps of ``None`` are none.

    ``auto_post_after_days``: ``None`` when a person decides, 0 when posted at once.  ``author`` is
    nobody's for the versions that the service came with.
    """

    code: str
    version: int
    points: int
    valid_from: datetime
    cap_day_points: int | None
    cap_month_points: int | None
    cooling_off_s: int
    auto_post_after_days: int | None
    checked_percent: int
    campaign: str
    author: uuid.UUID | None
    created_at: datetime


@dataclass(frozen=True)
class RuleTerms:
    """What a new version says; ``valid_from`` of ``None`` is now."""

    points: int
    valid_from: datetime | None
    cap_day_points: int | None
    cap_month_points: int | None
    cooling_off_s: int
    auto_post_after_days: int | None
    checked_percent: int
    campaign: str


@dataclass(frozen=True)
class CampaignView:
    """A campaign and what it has spent of its budget."""

    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    budget_points: int
    spent_points: int
    author: uuid.UUID

    @property
    def spent_percent(self) -> int:
        """0 to 100."""
        return min(100, 100 * self.spent_points // self.budget_points)


def rules_current() -> list[RuleView]:
    """The version in force of every rule; raises ``WalletUnavailable``."""
    return [_rule(item) for item in request("GET", "/v1/rules")["items"]]


def rule_versions(code: str) -> list[RuleView]:
    """All versions of a rule, the newest first; raises ``WalletRefused`` (``rule_unknown``)."""
    return [_rule(item) for item in request("GET", f"/v1/rules/{code}/versions")["items"]]


def rule_add(*, code: str, terms: RuleTerms, author: uuid.UUID, key: str) -> RuleView:
    """Add a version; raises ``WalletRefused`` (``rule_start_in_past``, ``campaign_unknown``, …)."""
    body: dict[str, Any] = {
        "code": code,
        "points": terms.points,
        "cap_day_points": terms.cap_day_points,
        "cap_month_points": terms.cap_month_points,
        "cooling_off_s": terms.cooling_off_s,
        "auto_post_after_days": terms.auto_post_after_days,
        "checked_percent": terms.checked_percent,
        "author": str(author),
    }
    if terms.valid_from is not None:
        body["valid_from"] = terms.valid_from.isoformat()
    if terms.campaign:
        body["campaign"] = terms.campaign
    return _rule(request("POST", "/v1/rules", key=f"rule:{key}", json=body))


def campaigns() -> list[CampaignView]:
    """All campaigns, the newest first; raises ``WalletUnavailable``."""
    return [_campaign(item) for item in request("GET", "/v1/campaigns")["items"]]


def campaign_add(
    *,
    code: str,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    budget_points: int,
    author: uuid.UUID,
    key: str,
) -> CampaignView:
    """Begin a campaign; raises ``WalletRefused`` (``campaign_code_taken``, …)."""
    return _campaign(
        request(
            "POST",
            "/v1/campaigns",
            key=f"campaign:{key}",
            json={
                "code": code,
                "name": name,
                "starts_at": starts_at.isoformat(),
                "ends_at": ends_at.isoformat(),
                "budget_points": budget_points,
                "author": str(author),
            },
        )
    )


def _rule(body: Mapping[str, Any]) -> RuleView:
    author = body.get("author")
    return RuleView(
        code=body["code"],
        version=body["version"],
        points=body["points"],
        valid_from=datetime.fromisoformat(body["valid_from"]),
        cap_day_points=body["cap_day_points"],
        cap_month_points=body["cap_month_points"],
        cooling_off_s=body["cooling_off_s"],
        auto_post_after_days=body["auto_post_after_days"],
        checked_percent=body["checked_percent"],
        campaign=body.get("campaign") or "",
        author=uuid.UUID(author) if author else None,
        created_at=datetime.fromisoformat(body["created_at"]),
    )


def _campaign(body: Mapping[str, Any]) -> CampaignView:
    return CampaignView(
        code=body["code"],
        name=body["name"],
        starts_at=datetime.fromisoformat(body["starts_at"]),
        ends_at=datetime.fromisoformat(body["ends_at"]),
        budget_points=body["budget_points"],
        spent_points=body["spent_points"],
        author=uuid.UUID(body["author"]),
    )
