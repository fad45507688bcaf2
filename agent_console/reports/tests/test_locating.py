"""An address gets its position, a position its commune; a slow geocoder holds up nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from agent_console.reports.intake import Intake
from agent_console.reports.locating import GeocoderAway, report_locate
from agent_console.reports.models import CompetenceRule, Report
from agent_console.reports.services import report_create
from agent_console.reports.steps import report_reject


def _take_in(**values: Any) -> Report:
    values = {"category_code": "pothole", "channel": "phone"} | values
    return report_create(intake_key="test:located", intake=Intake(**values))


def _located(report: Report) -> Report:
    assert report_locate(report_id=report.id)
    return Report.objects.get(pk=report.pk)


def test_an_address_gets_its_position_and_its_arrondissement(gazetteer: None) -> None:
    report = _located(_take_in(address="12 rue Saint-Ferréol", commune="Marseille"))
    assert report.latitude == 43.292
    assert report.longitude == pytest.approx(5.3796)
    assert report.commune_id == "13206"


def test_a_position_gets_its_commune_and_who_is_competent_there(gazetteer: None) -> None:
    report = _take_in(latitude=43.292, longitude=5.3796)
    assert (report.commune_id, report.due_at is None) == (None, False)
    rule = CompetenceRule.objects.select_related("body").exclude(body__kind="metropolis").first()
    assert rule is not None
    CompetenceRule.objects.create(commune_id="13206", body=rule.body, priority=99)
    report = _located(report)
    assert report.commune_id == "13206"
    assert report.body_id == rule.body_id
    assert (report.latitude, report.longitude) == (43.292, 5.3796)


@pytest.mark.parametrize(
    "place",
    [
        # In the 6th and in the 8th: nobody can say which.
        {"address": "rue Paradis", "commune": "Marseille"},
        {"address": "rue Introuvable", "commune": "Aubagne"},
        {"place": "devant la gare", "commune": "Aubagne"},
    ],
)
def test_what_the_geocoder_does_not_know_is_left_to_people(
    gazetteer: None, place: dict[str, str]
) -> None:
    report = _take_in(**place)
    assert not report_locate(report_id=report.id)
    report.refresh_from_db()
    assert report.latitude is None


def test_a_second_run_and_a_closed_report_change_nothing(
    gazetteer: None, make_user: Callable[..., User]
) -> None:
    report = _take_in(address="12 rue Saint-Ferréol", commune="Marseille")
    actor = make_user("ana", "reports.reject_report")
    report_reject(report=report, actor=actor, reason="Rien à cet endroit")
    assert not report_locate(report_id=report.id)
    report.refresh_from_db()
    assert report.latitude is None


def test_a_geocoder_that_is_away_is_asked_again(
    metropolis: None, geocoder_service: Callable[[str], None]
) -> None:
    report = _take_in(address="12 rue Saint-Ferréol", commune="Marseille")
    geocoder_service("http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(GeocoderAway):
        report_locate(report_id=report.id)
    assert Report.objects.get(pk=report.pk).latitude is None
