"""Opening hours in words: holidays of France, the clock of Paris, both changes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_console.facilities.hours import (
    PARIS,
    HoursInvalid,
    OpenState,
    hours_parse,
    opening_now,
    week_from,
)

SHOP = "Mo-Sa 09:00-12:00,14:00-18:30; PH off"
NBSP = "\u00a0"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("hours", "moment", "words"),
    [
        (SHOP, "2026-05-04T10:00", "Ouvert, ferme à 12 h"),
        (SHOP, "2026-05-04T12:00", "Fermé, ouvre à 14 h"),
        (SHOP, "2026-05-04T17:00", "Ouvert, ferme à 18 h 30"),
        (SHOP, "2026-05-04T20:00", "Fermé, ouvre demain à 9 h"),
        (SHOP, "2026-05-09T19:00", "Fermé, ouvre lundi à 9 h"),
        # Friday 8 May 2026 is a public holiday, Saturday is not.
        (SHOP, "2026-05-08T10:00", "Fermé, ouvre demain à 9 h"),
        # 14 July 2026, a Tuesday; without "PH off" a holiday is a day like others.
        ("Mo-Fr 08:00-17:00; PH off", "2026-07-14T10:00", "Fermé, ouvre demain à 8 h"),
        ("Mo-Fr 08:00-17:00", "2026-07-14T10:00", "Ouvert, ferme à 17 h"),
        ("Mar 01 10:00-12:00", "2026-02-10T10:00", "Fermé, ouvre le 1er mars à 10 h"),
        ("Mar 20 10:00-12:00", "2026-11-10T10:00", "Fermé, ouvre le 20 mars 2027 à 10 h"),
        ("24/7", "2026-05-04T10:00", "Ouvert en permanence"),
        ("24/7 off", "2026-05-04T10:00", "Fermé"),
        ("Mo-Su 08:00-24:00", "2026-05-04T10:00", "Ouvert, ferme à minuit"),
        ("Mo-Su 20:00-02:00", "2026-05-04T23:00", "Ouvert, ferme demain à 2 h"),
        ("", "2026-05-04T10:00", "Horaires non communiqués"),
        ('unknown "sur rendez-vous"', "2026-05-04T10:00", "Horaires à vérifier sur place"),
    ],
)
def test_it_is_said_as_people_say_it(hours: str, moment: str, words: str) -> None:
    assert opening_now(hours, at=at(moment)).text.replace(NBSP, " ") == words


def test_the_moment_may_come_in_any_zone() -> None:
    # 16:45 UTC is 18:45 in Paris in summer, and 17:45 in winter.
    assert opening_now(SHOP, at=datetime(2026, 7, 6, 16, 45, tzinfo=UTC)).state is OpenState.CLOSED
    assert opening_now(SHOP, at=datetime(2026, 12, 7, 16, 45, tzinfo=UTC)).state is OpenState.OPEN


@pytest.mark.parametrize(("evening", "hours"), [("2026-03-28", 14), ("2026-10-24", 16)])
def test_a_night_in_which_the_clock_changes_is_an_hour_shorter_or_longer(
    evening: str, hours: int
) -> None:
    asked = at(f"{evening}T18:00")
    now = opening_now("Mo-Su 09:00-18:00", at=asked)
    assert now.until is not None
    assert now.text.replace(NBSP, " ") == "Fermé, ouvre demain à 9 h"
    assert now.until.astimezone(UTC) - asked.astimezone(UTC) == timedelta(hours=hours)


def test_the_week_shows_holidays_and_changes_of_the_clock() -> None:
    week = week_from(SHOP, at=at("2026-05-07T23:30"))
    assert [day.label for day in week[:3]] == ["jeudi 7 mai", "vendredi 8 mai", "samedi 9 mai"]
    assert week[1].hours == "fermé"
    assert week[2].hours.replace(NBSP, " ") == "9 h – 12 h, 14 h – 18 h 30"
    assert len(week) == 7
    october = week_from("24/7", at=at("2026-10-24T12:00"))
    assert {day.hours.replace(NBSP, " ") for day in october} == {"24 h/24"}
    assert [day.label for day in october][-2:] == ["jeudi 29 octobre", "vendredi 30 octobre"]
    assert week_from("", at=at("2026-05-07T10:00")) == []


@pytest.mark.parametrize("text", ["lundi 9h-12h", "9h", "Mo-Fr 25:99", "x" * 300, "Mo 9:00;;;-"])
def test_another_syntax_is_refused(text: str) -> None:
    with pytest.raises(HoursInvalid):
        hours_parse(text)
