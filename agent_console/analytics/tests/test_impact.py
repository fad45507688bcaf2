"""What rewards change: totals beside straight SQL, studies with their history, effects found."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.analytics.impact.computing import effects_update, studies_current
from agent_console.analytics.impact.daily import (
    DEPOSITS,
    REPORTS,
    deposits_count,
    reports_count,
)
from agent_console.analytics.impact.models import (
    Effect,
    SiteCommune,
    Study,
    WeekTonnage,
    YearSpending,
)
from agent_console.analytics.impact.selectors import (
    costs_of_year,
    detail_of,
    population,
    reports_of,
    sites_unplaced,
    study_history,
)
from agent_console.analytics.impact.services import (
    StudyChangedMeanwhile,
    StudyTerms,
    sites_place,
    spending_note,
    study_add,
    study_change,
    study_withdraw,
    tonnages_note,
)
from agent_console.analytics.impact.tonnages import TonnagesInvalid, tonnages_read
from agent_console.analytics.models import DailyTotal
from agent_console.analytics.periods import Period
from agent_console.analytics.permissions import CHANGE_IMPACT
from agent_console.analytics.selectors import days_of, table, ways_over_time
from agent_console.collectors.models import Card, Deposit
from agent_console.facilities.models import Facility
from agent_console.places.models import Commune
from agent_console.reports.models import Report

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 3, 3)
REWARDED = ("13001", "13005", "13047", "13056", "13063", "13103")
COMPARED = ("13002", "13014", "13026", "13028", "13039", "13054")
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(-12, 12)]
NOW = datetime(2025, 8, 4, 9, tzinfo=UTC)
_WAYS = """
SELECT count(*) FROM reports_report WHERE channel = ANY(%s)
  AND (created_at AT TIME ZONE 'Europe/Paris')::date BETWEEN %s AND %s
"""
_ITEMS = """
SELECT count(*), sum(items) FROM collectors_deposit WHERE site = ANY(%s)
  AND (happened_at AT TIME ZONE 'Europe/Paris')::date BETWEEN %s AND %s
"""


@pytest.fixture
def nadia(metropolis: None, make_user: Callable[..., User]) -> User:
    return make_user("nadia", CHANGE_IMPACT)


def terms(**changes: object) -> StudyTerms:
    known: dict[str, object] = {
        "began_on": MONDAY, "ended_on": None, "rewarded": REWARDED, "compared": COMPARED,
        "weeks": 12,
    }  # fmt: skip
    return StudyTerms(**{**known, **changes})  # type: ignore[arg-type]


def sorted_glass(effect: float, *, weeks: list[date] = WEEKS) -> dict[tuple[str, date], int]:
    """Tonnages of both groups with a common season, and ``effect`` in the rewarded communes."""
    random = np.random.default_rng(1)
    return {
        (insee, week): round(
            20_000
            * math.exp(
                0.2 * math.sin(number / 8)
                + random.normal(scale=0.05)
                + (effect if insee in REWARDED and week >= MONDAY else 0)
            )
        )
        for insee in (*REWARDED, *COMPARED)
        for number, week in enumerate(weeks)
    }


def _sql(statement: str, *parameters: Any) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return tuple(cursor.fetchone())


def _report(like: Report, *, channel: str, at: datetime) -> None:
    """Another report, taken in at another moment."""
    row = Report.objects.get(pk=like.pk)
    row.pk, row.reference = uuid.uuid4(), uuid.uuid4().hex[:9]
    row.intake_key, row.receipt_key, row.channel = uuid.uuid4().hex, uuid.uuid4(), channel
    row.conversation = None
    row.save(force_insert=True)
    Report.objects.filter(pk=row.pk).update(created_at=at)


def _deposit(site: str, items: int, at: datetime) -> None:
    card, _ = Card.objects.get_or_create(
        collector="demo", number_digest=b"1" * 32, defaults={"last4": "3456"}
    )
    Deposit.objects.create(
        collector="demo", external_id=uuid.uuid4().hex, card=card, items=items, happened_at=at,
        site=site,
    )  # fmt: skip


def test_reports_before_and_after_are_what_straight_sql_counts(report: Report) -> None:
    midnight = datetime(2025, 3, 2, 23, tzinfo=UTC)  # of the third of March in Paris
    Report.objects.update(created_at=midnight)
    for channel, hours in (
        ("phone", -1), ("phone", -30), ("voice", 1), ("sms", 2), ("web", -2), ("counter", 5),
        ("phone", 24 * 7), ("web", -24 * 7 - 1),
    ):  # fmt: skip
        _report(report, channel=channel, at=midnight + timedelta(hours=hours))
    reports_count()
    week = Period(MONDAY, MONDAY + timedelta(days=6))
    shown = table(REPORTS, week)
    for key, channels in (
        ("phone", ["phone", "voice"]), ("digital", ["web", "sms", "telegram"]),
        ("other", ["counter", "letter", "email", "open311"]),
    ):  # fmt: skip
        line = shown.line(key)
        assert line is not None
        for counted, period in ((line.count, week), (line.before, week.before)):
            assert (counted,) == _sql(_WAYS, channels, period.first, period.last)
            assert reports_of(key, period).count() == counted
    assert (shown.population, shown.population_before) == (4, 3)
    assert sum(line.share or 0 for line in shown.lines) == pytest.approx(100)
    assert sum(step.phone for step in ways_over_time(week, REPORTS.code)) == 1

    known = list(DailyTotal.objects.order_by("day", "key").values_list("day", "key", "count"))
    _report(report, channel="web", at=NOW)
    reports_count()
    assert DailyTotal.objects.filter(measure=REPORTS.code).count() == len(known) + 1
    Report.objects.filter(created_at=NOW).delete()
    call_command("rebuild_analytics")
    again = DailyTotal.objects.filter(measure=REPORTS.code).order_by("day", "key")
    assert list(again.values_list("day", "key", "count")) == known


def test_deposits_count_where_their_site_stands(nadia: User) -> None:
    for number, (name, insee) in enumerate((("Borne B", "13205"), ("Partout", "13001"))):
        Facility.objects.create(
            source="test", external_id=f"b{number}", kind="glass", name=name, commune_id=insee,
            latitude=43.3, longitude=5.4,
        )  # fmt: skip
    Facility.objects.create(
        source="test", external_id="b9", kind="glass", name="Partout", commune_id="13005",
        latitude=43.3, longitude=5.4,
    )  # fmt: skip
    at = datetime(2025, 3, 3, 12, tzinfo=UTC)
    for site, items in (("Borne A", 3), ("Borne B", 5), ("b0", 1), ("Partout", 7), ("", 11)):
        _deposit(site, items, at)
    _deposit("Borne A", 2, datetime(2025, 3, 9, 23, 30, tzinfo=UTC))  # the tenth in Paris
    assert sites_unplaced(limit=9)[0] == "Borne A"
    sites_place(actor=nadia, communes={"Borne A": "13001"})
    sites_place(actor=nadia, communes={"Borne A": "13005"})
    deposits_count()
    week = Period(MONDAY, MONDAY + timedelta(days=6))
    shown = table(DEPOSITS, week)
    for key, sites in (
        ("13005", ["Borne A"]), ("13055", ["Borne B", "b0"]), ("", ["Partout", ""]),
    ):  # fmt: skip
        line = shown.line(key)
        assert line is not None
        assert (line.count, line.total) == _sql(_ITEMS, sites, week.first, week.last)
        assert sum(one.total for one in days_of(DEPOSITS, key, week)) == line.total
    assert shown.total == 27
    assert "Borne A" not in sites_unplaced(limit=9)
    assert list(SiteCommune.objects.values_list("actor__username", flat=True)) == ["nadia"] * 2


def test_a_known_effect_is_found_in_what_was_noted_and_none_is_not(nadia: User) -> None:
    study = study_add(actor=nadia, terms=terms())
    for effect, is_there in ((math.log(1.2), True), (0.0, False)):
        tonnages_note(actor=nadia, kilograms=sorted_glass(effect))
        assert effects_update(now=NOW) == 1
        found = Effect.objects.get(study=study, volume="tonnage")
        assert found.percent is not None
        assert found.low is not None
        assert found.high is not None
        assert found.percent == pytest.approx(100 * math.expm1(effect), abs=5)
        assert found.low < 100 * math.expm1(effect) < found.high
        assert (found.low > 0) == is_there
        assert (found.rewarded, found.compared, found.code) == (6, 6, "")
        assert (found.weeks_before, found.weeks_after) == (12, 12)
    deposits = Effect.objects.get(study=study, volume="deposits")
    assert (deposits.code, deposits.percent) == ("no_volume", None)


def test_what_makes_an_effect_up_is_what_was_noted(nadia: User) -> None:
    study = study_add(actor=nadia, terms=terms())
    known = sorted_glass(math.log(1.2))
    tonnages_note(actor=nadia, kilograms=known)
    detail = detail_of(study, "tonnage", "during", today=NOW.date())
    (aix,) = (line for line in detail.communes if line.insee == "13001")
    before = [value for (insee, week), value in known.items() if insee == "13001" and week < MONDAY]
    assert aix.before == pytest.approx(sum(before) / 12)
    assert len(detail.weeks) == 24
    first = [line for line in detail.weeks if not line.is_after]
    assert np.mean([line.rewarded for line in first]) == pytest.approx(100)
    assert np.mean([line.compared for line in first]) == pytest.approx(100)
    (statement,) = _sql(
        "SELECT sum(kilograms) FROM analytics_weektonnage WHERE commune_id = '13001' AND week < %s",
        MONDAY,
    )
    assert aix.before == pytest.approx(statement / 12)


def test_communes_without_every_week_or_rewarded_elsewhere_are_left_out(nadia: User) -> None:
    study = study_add(actor=nadia, terms=terms())
    other = study_add(
        actor=nadia,
        terms=terms(rewarded=["13028"], compared=["13039"], began_on=MONDAY + timedelta(weeks=2)),
    )
    known = sorted_glass(0.1)
    del known["13001", WEEKS[3]]
    tonnages_note(actor=nadia, kilograms=known)
    effects_update(now=NOW)
    found = Effect.objects.get(study=study, volume="tonnage")
    assert found.left_out == {"13001": "weeks_missing", "13028": "rewarded_too"}
    assert (found.rewarded, found.compared, found.code) == (5, 5, "")
    assert Effect.objects.get(study=other, volume="tonnage").code == "rewarded_few"


def test_too_few_weeks_are_said(nadia: User) -> None:
    study = study_add(actor=nadia, terms=terms())
    tonnages_note(actor=nadia, kilograms=sorted_glass(0.1))
    effects_update(now=datetime(2025, 4, 21, 9, tzinfo=UTC))
    found = Effect.objects.get(study=study, volume="tonnage")
    assert (found.code, found.weeks_after) == ("weeks_few", 7)


def test_after_the_end_it_falls_back(nadia: User) -> None:
    ended_on = MONDAY + timedelta(weeks=12) - timedelta(days=1)
    study = study_add(actor=nadia, terms=terms(ended_on=ended_on))
    known = sorted_glass(math.log(1.2))
    later = [MONDAY + timedelta(weeks=number) for number in range(12, 22)]
    tonnages_note(actor=nadia, kilograms={**known, **sorted_glass(0, weeks=later)})
    effects_update(now=NOW)
    during = Effect.objects.get(study=study, volume="tonnage", phase="during")
    after = Effect.objects.get(study=study, volume="tonnage", phase="after")
    assert during.low is not None
    assert during.low > 0
    assert after.low is not None
    assert after.high is not None
    assert after.low < 0 < after.high
    assert after.weeks_after == 10


def test_studies_keep_who_changed_what_and_nobody_rewrites_it(nadia: User) -> None:
    first = study_add(actor=nadia, terms=terms())
    second = study_change(actor=nadia, study=first, terms=terms(compared=COMPARED[:3]))
    with pytest.raises(StudyChangedMeanwhile):
        study_change(actor=nadia, study=first, terms=terms())
    with pytest.raises(StudyChangedMeanwhile):
        study_withdraw(actor=nadia, study=first)
    assert studies_current() == [second]
    last = study_withdraw(actor=nadia, study=second)
    assert studies_current() == []
    assert study_history(last) == [last, second, first]
    for change in (
        lambda: Study.objects.update(weeks=9),
        lambda: Study.objects.filter(pk=last.pk).delete(),
        lambda: WeekTonnage.objects.update(kilograms=1),
        lambda: YearSpending.objects.all().delete(),
        lambda: SiteCommune.objects.update(site="x"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_commune_is_in_one_group_whoever_asks(nadia: User) -> None:
    with pytest.raises(DatabaseError, match="study_groups_apart"), transaction.atomic():
        study_add(actor=nadia, terms=terms(compared=[*COMPARED, REWARDED[0]]))


def test_only_who_may_says_something(metropolis: None, make_user: Callable[..., User]) -> None:
    sami = make_user("sami", "analytics.view_analytics")
    for act in (
        lambda: study_add(actor=sami, terms=terms()),
        lambda: tonnages_note(actor=sami, kilograms={("13001", MONDAY): 1}),
        lambda: sites_place(actor=sami, communes={"Borne A": "13001"}),
        lambda: spending_note(actor=sami, year=2025, cents=1),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not ProcrastinateJob.objects.filter(task_name="analytics.impact").exists()


def test_what_is_said_and_the_job_that_computes_stand_or_fall_together(nadia: User) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="analytics.impact")
    study_add(actor=nadia, terms=terms())
    assert jobs.count() == 1

    def half_done() -> None:
        with transaction.atomic():
            tonnages_note(actor=nadia, kilograms={("13001", MONDAY): 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert jobs.count() == 1
    assert not WeekTonnage.objects.exists()


def test_tonnages_are_noted_once_and_corrected_by_another_row(nadia: User) -> None:
    assert tonnages_note(actor=nadia, kilograms={("13001", MONDAY): 5, ("13005", MONDAY): 6}) == 2
    assert tonnages_note(actor=nadia, kilograms={("13001", MONDAY): 5, ("13005", MONDAY): 7}) == 1
    assert list(
        WeekTonnage.objects.filter(commune="13005").values_list("kilograms", flat=True)
    ) == [7, 6]


def test_a_file_of_tonnages_is_read_as_spreadsheets_save_it() -> None:
    text = "\ufeffINSEE;Semaine;Tonnes\r\n13001;03/03/2025;12,5\r\n\r\n13005;2025-03-03;0.25\r\n"
    assert tonnages_read(text.encode(), communes={"13001", "13005"}, today=date(2025, 3, 10)) == {
        ("13001", MONDAY): 12_500,
        ("13005", MONDAY): 250,
    }


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "header")]),
        ("insee;tonnes\n", [(1, "header")]),
        ("insee;semaine;tonnes\n", [(1, "empty")]),
        ("insee;semaine;tonnes\n13001;2025-03-03\n", [(2, "columns")]),
        ("insee;semaine;tonnes\n99999;2025-03-03;1\n", [(2, "commune_unknown")]),
        ("insee;semaine;tonnes\n13001;2025-03-04;1\n", [(2, "not_a_monday")]),
        ("insee;semaine;tonnes\n13001;31/02/2025;1\n", [(2, "not_a_monday")]),
        ("insee;semaine;tonnes\n13001;2025-03-10;1\n", [(2, "week_not_over")]),
        ("insee;semaine;tonnes\n13001;2025-03-03;-1\n", [(2, "not_tonnes")]),
        ("insee;semaine;tonnes\n13001;2025-03-03;999999\n", [(2, "not_tonnes")]),
        ("insee;semaine;tonnes\n13001;2025-03-03;1\n13001;03/03/2025;2\n", [(3, "twice")]),
    ],
)
def test_a_file_with_a_fault_is_refused_whole(text: str, problems: list[tuple[int, str]]) -> None:
    with pytest.raises(TonnagesInvalid) as refused:
        tonnages_read(text.encode(), communes={"13001"}, today=date(2025, 3, 11))
    assert refused.value.problems == problems


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(TonnagesInvalid, match="not_text"):
        tonnages_read(b"\xff\xfe", communes={"13001"}, today=MONDAY)


def test_costs_are_shared_among_all_residents(nadia: User) -> None:
    (residents,) = _sql("SELECT sum(population) FROM places_commune WHERE parent_id IS NULL")
    assert population() == residents > 1_800_000
    assert Commune.objects.exclude(parent=None).exists()  # which would count Marseille twice
    spending_note(actor=nadia, year=2025, cents=60_000_000)
    spending_note(actor=nadia, year=2025, cents=70_000_000)
    spent, contacts = costs_of_year(today=NOW.date())  # no wallet answers here
    assert (spent.code, spent.year, spent.cents) == ("spending", 2025, 70_000_000)
    assert spent.cents_each == pytest.approx(70_000_000 / residents)
    assert (contacts.code, contacts.cents) == ("contacts", 0)
