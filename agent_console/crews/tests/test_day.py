"""The day's list: whose, in which order, and what it never shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.crews.models import CrewMember
from agent_console.crews.selectors import LISTED_MAX, Position, day_of
from agent_console.crews.tests.conftest import PAGE
from agent_console.reports.models import Report

pytestmark = pytest.mark.django_db
OLD_PORT = Position(43.2951, 5.3740)


def _due(report: Report, hours: int) -> None:
    Report.objects.filter(pk=report.pk).update(due_at=timezone.now() + timedelta(hours=hours))


def _references(text: str) -> list[str]:
    return re.findall(rf'href="{PAGE}(\d{{9}})/"', text)


def test_late_ones_come_first_then_those_due_soon(
    phone: Client, give: Callable[..., Report]
) -> None:
    later, late, soon = give(), give(), give()
    for report, hours in ((later, 48), (late, -2), (soon, 3)):
        _due(report, hours)
    page = phone.get(PAGE).text
    assert _references(page) == [late.reference, soon.reference, later.reference]
    assert page.count("En retard") == 1
    assert "3 à faire" in page


def test_another_services_work_is_not_shown_nor_opened(
    phone: Client, crew: User, give: Callable[..., Report]
) -> None:
    other = give("eau")
    assert _references(phone.get(PAGE).text) == []
    assert phone.get(f"{PAGE}{other.reference}/").status_code == 404
    CrewMember.objects.create(user=crew, service=other.assigned_to)
    assert _references(phone.get(PAGE).text) == [other.reference]
    assert phone.get(f"{PAGE}{other.reference}/").status_code == 200


def test_what_nobody_was_given_or_is_closed_is_not_there(
    crew: User, give: Callable[..., Report]
) -> None:
    shown, new, closed = give(), give(), give()
    Report.objects.filter(pk=new.pk).update(state="qualified")
    Report.objects.filter(pk=closed.pk).update(state="resolved", closed_at=timezone.now())
    day = day_of(user=crew)
    assert [job.report for job in day.jobs] == [shown]
    assert day.total == 1


def test_around_a_position_the_nearest_comes_first(crew: User, give: Callable[..., Report]) -> None:
    far = give(latitude=43.5263, longitude=5.4454)
    unplaced = give()
    near = give(latitude=43.2965, longitude=5.3698)
    jobs = day_of(user=crew, around=OLD_PORT).jobs
    assert [job.report for job in jobs] == [near, far, unplaced]
    assert [job.distance_m and round(job.distance_m, -2) for job in jobs] == [400, 26300, None]


def test_the_position_comes_by_post_and_stays_nowhere(
    phone: Client, give: Callable[..., Report]
) -> None:
    report = give(latitude=43.2965, longitude=5.3698)
    answer = phone.post(f"{PAGE}autour/", {"lat": "43.295", "lon": "5.374"})
    assert answer.status_code == 200
    assert _references(answer.text) == [report.reference]
    assert re.search(r"\d+&nbsp;m<", answer.text)
    assert "43.295" not in answer.text.replace("43.2965", "")
    assert "no-store" in answer.headers["Cache-Control"]
    assert phone.get(f"{PAGE}autour/?lat=43.295&lon=5.374").status_code == 302
    assert phone.post(f"{PAGE}autour/", {"lat": "north"}).status_code == 302


def test_a_long_day_is_cut_and_says_so(
    phone: Client, give: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LISTED_MAX >= 50
    monkeypatch.setattr("agent_console.crews.selectors.LISTED_MAX", 2)
    for _ in range(3):
        give()
    page = phone.get(PAGE).text
    assert len(_references(page)) == 2
    assert "Les 2 premiers sur 3" in page


def test_the_lists_cost_does_not_grow_with_its_lines(
    phone: Client, give: Callable[..., Report], django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(6):
        give()
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        assert len(_references(phone.get(PAGE).text)) == 6


def test_who_has_no_service_or_nothing_to_do_is_told_so(phone: Client, crew: User) -> None:
    assert "Rien à faire pour l’instant" in phone.get(PAGE).text
    crew.crew_services.all().delete()
    assert "Aucun service ne vous est attribué" in phone.get(PAGE).text


def test_the_pages_ask_for_the_permission(
    client: Client, make_user: Callable[..., User], give: Callable[..., Report]
) -> None:
    report = give()
    assert "/console/login/" in client.get(PAGE).headers["Location"]
    client.force_login(make_user("lectrice", "reports.view_report"))
    for path in (PAGE, f"{PAGE}{report.reference}/", f"{PAGE}equipes/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{PAGE}{report.reference}/start/").status_code == 403


def test_the_map_is_there_only_with_a_tile_server(
    phone: Client, give: Callable[..., Report], settings: pytest.FixtureRequest
) -> None:
    give(latitude=43.2965, longitude=5.3698)
    assert "leaflet" not in phone.get(PAGE).text
    settings.MAP_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"  # type: ignore[attr-defined]
    answer = phone.get(PAGE)
    assert "leaflet.js" in answer.text
    assert "https://tiles.example.org" in answer.headers["Content-Security-Policy"]
    assert 'data-latitude="43.2965"' in answer.text
