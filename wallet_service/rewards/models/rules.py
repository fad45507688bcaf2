"""What actions earn over time, and the budgets of campaigns."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY

from ..domain import RuleSource
from ..terms import MAX_AUTO_POST_DAYS, MAX_COOLING_OFF_S, RuleTerms

RULE_CODE_CHARS = 64
CAMPAIGN_CODE_CHARS = 40
CAMPAIGN_NAME_CHARS = 120
# A campaign's budget is split, so that rewards at the same moment do not queue for one row.
BUDGET_SLICES = 16
MAX_BUDGET_POINTS = 1_000_000_000


class Campaign(models.Model):
    """A time in which certain rules pay, out of a budget that can't be overdrawn.  Append-only."""

    code = models.CharField(max_length=CAMPAIGN_CODE_CHARS, unique=True)
    name = models.CharField(max_length=CAMPAIGN_NAME_CHARS)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # exclusive
    budget_points = models.BigIntegerField()
    author = models.UUIDField()  # who of the staff; only the console knows
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(budget_points__gte=1, budget_points__lte=MAX_BUDGET_POINTS),
                name="campaign_budget_bounded",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*$"), name="campaign_code_form"
            ),
        ]


class CampaignSlice(models.Model):
    """A share of a campaign's budget: what is left of it never goes below zero."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="slices", db_index=False
    )
    number = models.SmallIntegerField()
    remaining_points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="slice_once_per_campaign"),
            models.CheckConstraint(
                condition=Q(remaining_points__gte=0), name="slice_never_overdrawn"
            ),
        ]


def _bounded(field: str, low: int, high: int) -> Q:
    return Q(**{f"{field}__gte": low, f"{field}__lte": high})


class RewardRule(models.Model):
    """One version of a rule: from ``valid_from`` on, the action ``code`` earns ``points``.

    Append-only: a change is a new version, which can't begin in the past.  Of two that begin at the
    same moment the later one counts, so that a version that is still to come can be put right.
    0 points end the rule from that moment.
    """

    code = models.CharField(max_length=RULE_CODE_CHARS)
    points = models.IntegerField()
    valid_from = models.DateTimeField()
    # Per wallet and rule, in a day or month of Europe/Paris; null: no cap.
    cap_day_points = models.IntegerField(null=True)
    cap_month_points = models.IntegerField(null=True)
    cooling_off_s = models.IntegerField(db_default=0)
    # Null: a person decides; 0: posted at once.
    auto_post_after_days = models.SmallIntegerField(null=True)
    # Share of the rewards that a person checks whatever happens (``terms.is_sampled``).
    checked_percent = models.SmallIntegerField(db_default=0)
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="rules", db_index=False
    )
    source = models.CharField(max_length=16, choices=[(source, source) for source in RuleSource])
    author = models.UUIDField(null=True)  # who of the staff; only the console knows
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=MAX_POINTS_PER_ENTRY),
                name="rule_points_bounded",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
                name="rule_code_form",
            ),
            models.CheckConstraint(
                condition=Q(cap_day_points__isnull=True) | Q(cap_day_points__gte=F("points")),
                name="rule_cap_day_holds_one",
            ),
            models.CheckConstraint(
                condition=Q(cap_month_points__isnull=True) | Q(cap_month_points__gte=F("points")),
                name="rule_cap_month_holds_one",
            ),
            models.CheckConstraint(
                condition=_bounded("cooling_off_s", 0, MAX_COOLING_OFF_S)
                & _bounded("checked_percent", 0, 100)
                & (
                    Q(auto_post_after_days__isnull=True)
                    | _bounded("auto_post_after_days", 0, MAX_AUTO_POST_DAYS)
                ),
                name="rule_terms_bounded",
            ),
            models.CheckConstraint(
                condition=Q(source=RuleSource.SEED, author__isnull=True)
                | Q(source=RuleSource.SUPERVISOR, author__isnull=False),
                name="rule_author_known",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "valid_from", "id"], name="rule_in_force"),
        ]

    @property
    def terms(self) -> RuleTerms:
        """What it says, apart from its code and start."""
        return RuleTerms(
            points=self.points,
            cap_day_points=self.cap_day_points,
            cap_month_points=self.cap_month_points,
            cooling_off_s=self.cooling_off_s,
            auto_post_after_days=self.auto_post_after_days,
            checked_percent=self.checked_percent,
        )
