"""Reads of the pages about rewards: studies, what they found, what makes it up, and the cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.fields import TextField

from agent_console.collectors.models import Deposit
from agent_console.french_days import PARIS
from agent_console.places.models import Commune
from agent_console.reports.models import Report
from agent_console.wallet.http import WalletError
from agent_console.wallet.limits import limits_get

from ..costs import cost_lines
from ..measures import MEASURES
from ..periods import Period, last_days
from ..selectors import table
from .computing import Sides, sides_of, studies_current
from .daily import REPORTS
from .models import Effect, Phase, SiteCommune, Study, Volume, WeekTonnage, YearSpending

YEAR_DAYS = 365
# The operation's description (FEDER, appel à projets PI2c, 2019): 0,38 € HT a resident and year, of
# 1 898 950 residents (2018); the Cliiink trial of 2018: +20 %, back where it began once it ended.
BUDGET_CENTS_EACH = 38
BUDGET_RESIDENTS = 1_898_950
CLIIINK_PERCENT = 20


@dataclass(frozen=True)
class Found:
    """A study and what came out of it so far; without ``effects`` it was not computed yet."""

    study: Study
    rewarded: list[str]
    compared: list[str]
    effects: list[Effect]


def communes_by_insee() -> dict[str, str]:
    """Names of the whole communes, in their order: arrondissements count for Marseille."""
    whole = Commune.objects.filter(parent=None).order_by("name")
    return dict(whole.values_list("insee", "name"))


def studies_found() -> list[Found]:
    """Every current study, the newest start first."""
    names = communes_by_insee()
    return [found_of(study, names) for study in studies_current()]


def found_of(study: Study, names: Mapping[str, str]) -> Found:
    """One study as it is shown, its effects in the order of volumes and phases."""
    order = [*Volume.values, *Phase.values]
    effects = sorted(
        study.effects.all(), key=lambda one: (order.index(one.volume), order.index(one.phase))
    )
    return Found(
        study,
        [names.get(insee, insee) for insee in study.rewarded],
        [names.get(insee, insee) for insee in study.compared],
        effects,
    )


def study_history(study: Study) -> list[Study]:
    """What it was before, the newest first, itself included."""
    versions = [study]
    while (before := versions[-1].replaces) is not None:
        versions.append(before)
    return versions


@dataclass(frozen=True)
class CommuneLine:
    """A commune of a study: mean of a week before and after; ``percent`` or why it has none."""

    insee: str
    name: str
    is_rewarded: bool
    before: float | None
    after: float | None
    percent: float | None
    left_out: str


@dataclass(frozen=True)
class WeekLine:
    """Both groups in a week, 100 being each commune's mean before; each commune counts the same."""

    week: date
    is_after: bool
    rewarded: float | None
    compared: float | None


@dataclass(frozen=True)
class Detail:
    """What makes an effect up."""

    communes: list[CommuneLine]
    weeks: list[WeekLine]
    sides: Sides

    @property
    def last_day(self) -> date | None:
        """Of the weeks."""
        return self.weeks[-1].week + timedelta(days=6) if self.weeks else None


def detail_of(study: Study, volume: str, phase: str, *, today: date) -> Detail:
    """A study's communes and weeks, by the functions that computed its effect."""
    sides = sides_of(study, volume, phase, others=studies_current(), today=today)
    names = communes_by_insee()
    lines = []
    for insee in [*study.rewarded, *study.compared]:
        changed = {**sides.rewarded, **sides.compared}.get(insee)
        values = sides.series.get(insee, {})
        lines.append(
            CommuneLine(
                insee=insee,
                name=names.get(insee, insee),
                is_rewarded=insee in study.rewarded,
                before=_mean(values, sides.before),
                after=_mean(values, sides.after),
                percent=None if changed is None else 100 * math.expm1(changed),
                left_out=sides.left_out.get(insee, ""),
            )
        )
    weeks = [
        WeekLine(
            week=week,
            is_after=week not in sides.before,
            rewarded=_index(sides, sides.rewarded, week),
            compared=_index(sides, sides.compared, week),
        )
        for week in [*sides.before, *sides.after]
    ]
    return Detail(lines, weeks, sides)


def _mean(values: Mapping[date, float], weeks: Sequence[date]) -> float | None:
    found = [values[week] for week in weeks if week in values]
    return sum(found) / len(found) if found else None


def _index(sides: Sides, group: Mapping[str, float], week: date) -> float | None:
    """Communes of a group have every week, and something before: otherwise they are left out."""
    found = []
    for insee in group:
        values = sides.series[insee]
        first = sum(values[one] for one in sides.before) / len(sides.before)
        found.append(100 * values[week] / first)
    return sum(found) / len(found) if found else None


@dataclass(frozen=True)
class CostOfYear:
    """What something costs in a year, in cents, and each resident of it."""

    code: str
    year: int | None
    cents: int
    residents: int

    @property
    def cents_each(self) -> float:
        """Of each resident."""
        return self.cents / self.residents if self.residents else 0

    @property
    def euros_each(self) -> float:
        """The same in euros."""
        return self.cents_each / 100


def costs_of_year(*, today: date) -> list[CostOfYear]:
    """What supervisors noted for each year, the newest first; then the last 365 days' contacts and
    what partners are paid back for vouchers, as far as the wallet answers."""
    residents = population()
    newest = YearSpending.objects.order_by("-year", "-id").distinct("year")
    lines = [CostOfYear("spending", one.year, one.cents, residents) for one in newest]
    contacts = cost_lines(table(MEASURES["handled_by"], last_days(YEAR_DAYS, today=today)))
    lines.append(CostOfYear("contacts", None, sum(one.total_cents for one in contacts), residents))
    try:
        spent = limits_get().spent_cents_12_months
    except WalletError:
        return lines
    return [*lines, CostOfYear("vouchers", None, spent, residents)]


def population() -> int:
    """Residents of the Metropolis, from the national commune reference."""
    found = Commune.objects.filter(parent=None).aggregate(all=Sum("population", default=0))
    return int(found["all"])


def reports_of(key: str, period: Period) -> QuerySet[Report]:
    """The reports that make up one number, newest first: by the expression that counted them."""
    since = datetime.combine(period.first, time.min, tzinfo=PARIS)
    until = datetime.combine(period.last + timedelta(days=1), time.min, tzinfo=PARIS)
    found = Report.objects.filter(created_at__gte=since, created_at__lt=until)
    found = found.alias(way=RawSQL(REPORTS.key, [], output_field=TextField()))  # noqa: S611
    return (
        found.filter(way=key).select_related("category", "commune").order_by("-created_at", "-id")
    )


def tonnages_of(insee: str) -> QuerySet[WeekTonnage]:
    """All that was noted of a commune, newest week first, corrections included."""
    return (
        WeekTonnage.objects.filter(commune=insee)
        .select_related("actor", "commune")
        .order_by("-week", "-id")
    )


def sites_unplaced(*, limit: int) -> list[str]:
    """Sites of deposits whose commune nobody said yet, those with most deposits first."""
    found = (
        Deposit.objects.exclude(site="")
        .exclude(site__in=SiteCommune.objects.values("site"))
        .values("site")
        .annotate(n=Count("pk"))
        .order_by("-n", "site")
    )
    return [row["site"] for row in found[:limit]]
