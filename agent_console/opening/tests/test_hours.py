"""Who is there when: the week, holidays, exceptional days, the clock that changes; and in words."""

from datetime import date, datetime, time

import pytest
from pytest_django import Settings

from agent_console.french_days import PARIS
from agent_console.opening.hours import DeskHours, Exceptional, Span, hours_parse
from agent_console.opening.loading import desk_hours_load
from agent_console.opening.models import DayKind, DeskDay, DeskException
from agent_console.opening.selectors import desk_hours
from agent_console.opening.words import moment_words, week_words

DAY = Span(time(8), time(18))
OFFICE = hours_parse("8-18")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "is_open", "opens"),
    [
        ("2026-11-27T17:59", True, "2026-11-27T17:59"),
        ("2026-11-27T18:00", False, "2026-11-30T08:00"),  # a Friday evening
        ("2026-11-30T07:00", False, "2026-11-30T08:00"),
        ("2026-12-25T10:00", False, "2026-12-28T08:00"),  # Christmas, a Friday
        ("2027-03-29T10:00", False, "2027-03-30T08:00"),  # Easter Monday, the day after the change
        ("2026-10-23T20:00", False, "2026-10-26T08:00"),  # the clocks change in between
    ],
)
def test_the_desk_opens_on_working_days(at: str, is_open: bool, opens: str) -> None:
    assert OFFICE.is_open(_at(at)) is is_open
    assert OFFICE.next_opening(_at(at)) == _at(opens)
    assert hours_parse("0-24").is_open(_at(at))


def test_an_exceptional_day_goes_before_the_week_and_before_holidays() -> None:
    hours = DeskHours(
        OFFICE.week,
        [
            Exceptional(date(2026, 12, 21), date(2026, 12, 31), None, "Inventaire"),
            Exceptional(date(2026, 12, 25), date(2026, 12, 25), Span(time(10), time(12))),
        ],
    )
    assert not hours.is_open(_at("2026-12-22T10:00"))
    assert hours.is_open(_at("2026-12-25T10:00"))
    assert hours.next_opening(_at("2026-12-21T09:00")) == _at("2026-12-25T10:00")
    # New Year's Day is a Friday.
    assert hours.next_opening(_at("2026-12-25T12:00")) == _at("2027-01-04T08:00")


def test_a_desk_may_close_at_midnight_and_may_never_open() -> None:
    late = DeskHours([Span(time(20), time(0)), *[None] * 7])
    assert late.is_open(_at("2026-11-30T23:59"))
    assert not late.is_open(_at("2026-12-01T00:00"))
    assert DeskHours([None] * 8).next_opening(_at("2026-11-30T10:00")) is None


@pytest.mark.parametrize("text", ["18-8", "8", "-1-25", "8-8", "midi"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HELP_DESK_HOURS|invalid literal"):
        hours_parse(text)


@pytest.mark.parametrize(
    ("week", "french", "english"),
    [
        (
            OFFICE.week,
            "du lundi au vendredi de 8\u00a0h à 18\u00a0h",
            "Monday to Friday from 8:00 to 18:00",
        ),
        (
            [DAY] * 5 + [Span(time(9, 30), time(0)), None, None],
            "du lundi au vendredi de 8\u00a0h à 18\u00a0h, le samedi de 9\u00a0h\u00a030 à minuit",
            "Monday to Friday from 8:00 to 18:00, Saturday from 9:30 to midnight",
        ),
        (hours_parse("0-24").week, "tous les jours, jour et nuit", "every day, day and night"),
        ([None] * 8, "", ""),
    ],
)  # fmt: skip
def test_the_week_in_words(week: list[Span | None], french: str, english: str) -> None:
    assert week_words(DeskHours(week)) == french
    assert week_words(DeskHours(week), "en") == english


def test_a_moment_in_words() -> None:
    assert moment_words(_at("2027-02-01T08:30")) == "lundi 1er février à 8\u00a0h\u00a030"
    assert moment_words(_at("2027-02-01T08:30"), "en") == "Monday 1 February at 8:30"


@pytest.mark.django_db
def test_the_first_start_writes_the_hours_and_never_again(settings: Settings) -> None:
    settings.HELP_DESK_HOURS = "9-17"
    assert desk_hours().week[0] == Span(time(9), time(17))
    desk_hours_load()
    DeskDay.objects.filter(kind=DayKind.SATURDAY).update(opens_at=time(9), closes_at=time(12))
    settings.HELP_DESK_HOURS = "0-24"
    desk_hours_load()
    week = desk_hours().week
    assert week[0] == Span(time(9), time(17))
    assert week[5] == Span(time(9), time(12))
    assert week[7] is None


@pytest.mark.django_db
def test_exceptions_that_are_over_are_left_out() -> None:
    DeskException.objects.create(first_day=date(2020, 1, 1), last_day=date(2020, 1, 2))
    DeskException.objects.create(first_day=date(2020, 1, 1), last_day=date(2120, 1, 2))
    assert [one.last_day.year for one in desk_hours().exceptions] == [2120]
