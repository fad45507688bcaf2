"""Who works for which service, and whom a crew calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.crews.models import CrewMember, DispatchLine
from agent_console.crews.tests.conftest import CREW, PAGE
from agent_console.reports.models import Report

pytestmark = pytest.mark.django_db
TEAMS = f"{PAGE}equipes/"


@pytest.fixture
def chief(make_user: Callable[..., User], metropolis: None) -> Client:
    client = Client()
    client.force_login(make_user("superviseure", "crews.manage_crews", "reports.view_report"))
    return client


def test_a_supervisor_adds_and_removes_somebody(
    chief: Client, make_user: Callable[..., User]
) -> None:
    user = make_user("ali", *CREW)
    body = {"user": user.pk, "service": "voirie"}
    for _ in range(2):
        page = chief.post(f"{TEAMS}ajouter/", body, follow=True)
        assert "ali travaille pour" in page.text
    member = CrewMember.objects.get()
    for _ in range(2):
        page = chief.post(f"{TEAMS}{member.pk}/retirer/", follow=True)
        assert page.status_code == 200
    assert not CrewMember.objects.exists()


def test_who_may_not_work_in_the_field_can_not_be_chosen(
    chief: Client, make_user: Callable[..., User]
) -> None:
    reader = make_user("lectrice", "reports.view_report")
    answer = chief.post(f"{TEAMS}ajouter/", {"user": reader.pk, "service": "voirie"})
    assert answer.status_code == 422
    assert "Choisissez un agent de la liste." in answer.text
    assert not CrewMember.objects.exists()


def test_a_crew_calls_its_dispatcher_else_the_metropolis(
    chief: Client, phone: Client, give: Callable[..., Report]
) -> None:
    address = f"{PAGE}{give().reference}/"
    assert 'href="tel:0800949408"' in phone.get(address).text
    refused = chief.post(f"{TEAMS}numero/", {"service": "voirie", "phone": "demandez Paul"})
    assert refused.status_code == 422
    chief.post(f"{TEAMS}numero/", {"service": "voirie", "phone": "04 91 00 00 01"})
    assert 'href="tel:0491000001"' in phone.get(address).text
    chief.post(f"{TEAMS}numero/", {"service": "voirie", "phone": ""})
    assert not DispatchLine.objects.exists()


def test_a_crew_does_not_compose_itself(phone: Client, crew: User) -> None:
    assert phone.get(TEAMS).status_code == 403
    body = {"user": crew.pk, "service": "eau"}
    assert phone.post(f"{TEAMS}ajouter/", body).status_code == 403
    assert crew.crew_services.count() == 1
