"""Deadlines on their clock: a table of dates with weekdays, and which rule holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from agent_console.french_days import PARIS, is_public_holiday
from agent_console.places.models import Commune
from agent_console.reports.clocks import deadline
from agent_console.reports.deadlines import due_at, service_hours
from agent_console.reports.intake import Intake
from agent_console.reports.models import Category, DeadlineOverride, Report, ServiceHours
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_recategorise

WEEK = {day: (time(8), time(17)) for day in range(5)}
DAYS = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"]


def _at(text: str) -> datetime:
    """``lun 2026-04-06 10:00``, Europe/Paris; the weekday is checked against the date."""
    day, _, rest = text.partition(" ")
    found = datetime.fromisoformat(rest).replace(tzinfo=PARIS)
    assert DAYS[found.weekday()] == day, text
    return found


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        # An ordinary week; 24 hours are one working day.
        ("lun 2026-03-02 10:00", 24, "mar 2026-03-03 10:00"),
        ("lun 2026-03-02 10:00", 48, "mer 2026-03-04 10:00"),
        ("lun 2026-03-02 08:00", 24, "lun 2026-03-02 17:00"),
        ("lun 2026-03-02 08:00", 12, "lun 2026-03-02 12:30"),
        ("lun 2026-03-02 06:00", 24, "lun 2026-03-02 17:00"),
        ("lun 2026-03-02 20:00", 24, "mar 2026-03-03 17:00"),
        ("lun 2026-03-02 17:00", 24, "mar 2026-03-03 17:00"),
        # Week-ends count nothing.
        ("ven 2026-03-06 10:00", 48, "mar 2026-03-10 10:00"),
        ("sam 2026-03-07 10:00", 24, "lun 2026-03-09 17:00"),
        ("dim 2026-03-08 23:59", 48, "mar 2026-03-10 17:00"),
        # Easter Monday 2026 is 6 April.
        ("ven 2026-04-03 10:00", 24, "mar 2026-04-07 10:00"),
        ("lun 2026-04-06 10:00", 24, "mar 2026-04-07 17:00"),
        # 1 May 2026 is a Friday, 8 May too.
        ("jeu 2026-04-30 10:00", 24, "lun 2026-05-04 10:00"),
        ("ven 2026-05-01 12:00", 48, "mar 2026-05-05 17:00"),
        ("jeu 2026-05-07 10:00", 24, "lun 2026-05-11 10:00"),
        # Ascension is Thursday 14 May 2026; the Friday after it is a working day all the same.
        ("mer 2026-05-13 10:00", 24, "ven 2026-05-15 10:00"),
        ("mer 2026-05-13 10:00", 48, "lun 2026-05-18 10:00"),
        # Whit Monday 25 May 2026.
        ("ven 2026-05-22 10:00", 24, "mar 2026-05-26 10:00"),
        # 14 July 2026 is a Tuesday, 15 August a Saturday.
        ("lun 2026-07-13 10:00", 24, "mer 2026-07-15 10:00"),
        ("ven 2026-08-14 10:00", 24, "lun 2026-08-17 10:00"),
        # 1 November 2026 is a Sunday, 11 November a Wednesday.
        ("ven 2026-10-30 10:00", 24, "lun 2026-11-02 10:00"),
        ("mar 2026-11-10 10:00", 24, "jeu 2026-11-12 10:00"),
        # The clocks change in the night to 29 March and 25 October 2026, both Sundays.
        ("ven 2026-03-27 10:00", 24, "lun 2026-03-30 10:00"),
        ("ven 2026-10-23 16:00", 48, "mar 2026-10-27 16:00"),
        # Christmas 2026 is a Friday, and so is New Year's Day 2027.
        ("jeu 2026-12-24 10:00", 48, "mar 2026-12-29 10:00"),
        ("jeu 2026-12-31 10:00", 24, "lun 2027-01-04 10:00"),
        ("mer 2026-12-30 16:00", 72, "mar 2027-01-05 16:00"),
        # Two weeks.
        ("lun 2026-03-02 10:00", 240, "lun 2026-03-16 10:00"),
    ],
)
def test_working_hours_skip_nights_week_ends_and_holidays(
    start: str, hours: int, expected: str
) -> None:
    found = deadline(
        _at(start), target_hours=hours, clock="working", hours=WEEK, is_holiday=is_public_holiday
    )
    assert found == _at(expected), found and found.astimezone(PARIS)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("sam 2026-03-07 22:00", 4, "dim 2026-03-08 02:00"),
        ("ven 2026-05-01 10:00", 24, "sam 2026-05-02 10:00"),
        ("jeu 2026-12-31 22:00", 4, "ven 2027-01-01 02:00"),
        # Real hours: one of them is missing on 29 March, and one comes twice on 25 October.
        ("sam 2026-03-28 22:00", 4, "dim 2026-03-29 03:00"),
        ("sam 2026-03-28 12:00", 24, "dim 2026-03-29 13:00"),
        ("sam 2026-10-24 22:00", 6, "dim 2026-10-25 03:00"),
    ],
)
def test_dangers_count_every_hour(start: str, hours: int, expected: str) -> None:
    found = deadline(
        _at(start), target_hours=hours, clock="always", hours={}, is_holiday=is_public_holiday
    )
    assert found == _at(expected)


def test_services_that_never_open_have_no_deadline() -> None:
    start = _at("lun 2026-03-02 10:00")
    found = deadline(start, target_hours=24, clock="working", hours={}, is_holiday=lambda _: False)
    assert found is None


def test_the_holidays_are_those_of_metropolitan_france() -> None:
    off = [date(2026, 4, 6), date(2026, 5, 14), date(2026, 7, 14), date(2027, 3, 29)]
    on = [date(2026, 4, 3), date(2026, 5, 15), date(2026, 12, 26)]  # Alsace has these two
    assert [is_public_holiday(day) for day in off + on] == [True] * 4 + [False] * 3


def test_a_report_knows_until_when_it_is_due(report: Report) -> None:
    report.refresh_from_db()
    expected = due_at(category=report.category, commune=report.commune, start=report.created_at)
    assert report.due_at is not None
    assert expected is not None
    assert abs(report.due_at - expected) < timedelta(seconds=30)


def test_a_commune_of_its_own_decides_before_marseille_and_the_category(metropolis: None) -> None:
    start = _at("lun 2026-03-02 10:00")
    pothole = Category.objects.get(pk="pothole")
    sixth, marseille = (Commune.objects.get(pk=insee) for insee in ("13206", "13055"))

    def due(commune: Commune | None) -> Any:
        found = due_at(category=pothole, commune=commune, start=start)
        assert found is not None
        return found.astimezone(PARIS).strftime("%d %H:%M")

    assert due(sixth) == "05 10:00"
    for commune, hours in ((marseille, 24), (sixth, 48)):
        DeadlineOverride.objects.create(
            category=pothole, commune=commune, clock="working", target_hours=hours
        )
    assert (due(sixth), due(marseille)) == ("04 10:00", "03 10:00")
    assert due(Commune.objects.get(pk="13207")) == "03 10:00"
    assert (due(Commune.objects.get(pk="13001")), due(None)) == ("05 10:00", "05 10:00")


def test_the_shipped_hours_are_those_of_the_week(metropolis: None) -> None:
    assert service_hours() == WEEK
    ServiceHours.objects.filter(weekday=0).update(opens_at=None, closes_at=None)
    assert 0 not in service_hours()


def test_another_category_counts_again_from_the_intake(
    report: Report, make_user: Callable[..., User]
) -> None:
    actor = make_user("chief", "reports.recategorise_report")
    changed = report_recategorise(report=report, actor=actor, category_code="manhole_cover")
    assert changed.due_at == report.created_at + timedelta(hours=4)
    assert changed.pages.filter(ended_at=None).count() == 1, "it is a danger now"
    last = changed.transitions.last()
    assert last is not None
    assert last.reason == "Trou dans la chaussée → Plaque d’égout absente ou cassée"


def test_a_danger_is_due_within_hours(metropolis: None) -> None:
    made = report_create(
        intake_key="test:danger",
        intake=Intake(
            category_code="traffic_light_out",
            channel="phone",
            place="au carrefour",
            commune="Aubagne",
        ),
    )
    made.refresh_from_db()
    assert made.due_at is not None
    assert abs(made.due_at - made.created_at - timedelta(hours=4)) < timedelta(seconds=5)
