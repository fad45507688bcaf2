"""The commune that an agent sets: competence and deadline follow, and the history says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.places.models import Address, Commune
from agent_console.reports.errors import CommuneUnknown, PermissionMissing, TransitionRefused
from agent_console.reports.intake import Intake
from agent_console.reports.locating import report_locate
from agent_console.reports.models import Body, CompetenceRule, DeadlineOverride, Report
from agent_console.reports.placing import SET_COMMUNE, report_set_commune
from agent_console.reports.services import report_create

AUBAGNE, FIRST = "13005", "13201"
pytestmark = pytest.mark.usefixtures("metropolis")


@pytest.fixture
def nowhere() -> Report:
    """A report with coordinates only, on a machine without any address."""
    assert not Address.objects.exists()
    made = report_create(
        intake_key=f"test:{uuid.uuid4()}",
        intake=Intake(channel="phone", category_code="pothole", latitude=43.29, longitude=5.57),
    )
    report_locate(report_id=made.id)
    made.refresh_from_db()
    assert made.commune is None
    return made


@pytest.fixture
def agent(make_user: Callable[..., User]) -> User:
    return make_user("nadia", SET_COMMUNE)


def test_competence_and_deadline_follow_and_the_history_says_so(
    nowhere: Report, agent: User
) -> None:
    town = Body.objects.create(code="aubagne", name="Ville d’Aubagne", kind="commune")
    CompetenceRule.objects.create(
        category=nowhere.category, commune_id=AUBAGNE, body=town, priority=500
    )
    DeadlineOverride.objects.create(
        category=nowhere.category, commune_id=AUBAGNE, clock="always", target_hours=1
    )
    for _ in range(2):  # a double click
        done = report_set_commune(report=nowhere, actor=agent, commune_code=AUBAGNE)
    assert (done.commune_id, done.body, done.state) == (AUBAGNE, town, "received")
    assert done.due_at is not None
    assert (done.due_at - done.created_at).total_seconds() == 3600
    step = done.transitions.get(action="set_commune")
    assert (step.from_state, step.to_state, step.actor) == ("received", "received", agent)
    assert step.reason == "commune inconnue → Aubagne"


def test_what_an_agent_said_is_not_overruled_by_the_search(nowhere: Report, agent: User) -> None:
    report_set_commune(report=nowhere, actor=agent, commune_code=FIRST)
    assert report_locate(report_id=nowhere.id) is False
    nowhere.refresh_from_db()
    assert nowhere.commune_id == FIRST


def test_refusals_change_nothing(
    nowhere: Report, agent: User, make_user: Callable[..., User]
) -> None:
    with pytest.raises(PermissionMissing):
        report_set_commune(report=nowhere, actor=make_user("lecteur"), commune_code=AUBAGNE)
    with pytest.raises(CommuneUnknown):
        report_set_commune(report=nowhere, actor=agent, commune_code="75056")
    Report.objects.update(state="rejected", closed_at=nowhere.created_at)
    with pytest.raises(TransitionRefused):
        report_set_commune(report=nowhere, actor=agent, commune_code=AUBAGNE)
    nowhere.refresh_from_db()
    assert nowhere.commune is None


def test_the_page_offers_every_commune_and_arrondissement(
    client: Client, make_user: Callable[..., User], nowhere: Report
) -> None:
    client.force_login(make_user("cheffe", SET_COMMUNE, "reports.view_report"))
    address = f"/console/reports/{nowhere.reference}/"
    page = client.get(address).text
    assert 'data-testid="commune-missing"' in page
    assert Commune.objects.count() == 108
    for commune in Commune.objects.all():
        assert f'<option value="{commune.pk}">' in page
    done = client.post(f"{address}steps/set_commune/", {"commune_code": FIRST}, follow=True).text
    assert "La commune de" in done
    assert 'data-testid="commune-missing"' not in done
    refused = client.post(f"{address}steps/set_commune/", {"commune_code": "75056"})
    assert refused.status_code == 422
    assert "Choisissez une commune de la liste" in refused.text
