"""A crew, an operator who hands reports to it, and reports of its service."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.conversations.models import Conversation
from agent_console.crews.acting import Act
from agent_console.crews.models import CrewMember
from agent_console.reports import services, steps
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, Service

CREW = ("reports.work_report", "reports.view_report", "photos.view_photo")
OPERATOR = (
    "reports.view_report",
    "reports.validate_report",
    "reports.assign_report",
    "reports.work_report",
    "reports.reopen_report",
)
PAGE = "/console/crew/"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A slow hash protects real accounts; here it would only be waited for."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def crew(metropolis: None, make_user: Callable[..., User]) -> User:
    """Somebody who works for the roads in the field."""
    user = make_user("equipe", *CREW)
    CrewMember.objects.create(user=user, service=Service.objects.get(pk="voirie"))
    return user


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    user = make_user("operatrice", *OPERATOR)
    user.first_name = "Camille"
    user.save()
    return user


@pytest.fixture
def phone(crew: User) -> Client:
    """The crew's browser."""
    client = Client()
    client.force_login(crew)
    return client


@pytest.fixture
def give(metropolis: None, conversation: Conversation, operator: User) -> Callable[..., Report]:
    """Take in a report and hand it to a service."""

    def made(service: str = "voirie", **more: object) -> Report:
        given: dict[str, object] = {
            "conversation": conversation,
            "category_code": "pothole",
            "address": "12 rue Paradis",
            "commune": "Marseille",
            "place": "",
            "description": "Un trou profond",
        }
        intake = Intake(**(given | more))  # type: ignore[arg-type]
        report = services.report_create(intake_key=f"test:{uuid.uuid4()}", intake=intake)
        steps.report_validate(report=report, actor=operator)
        return steps.report_assign(report=report, actor=operator, service_code=service)

    return made


def act(action: str, **more: object) -> Act:
    """Something sent under a key of its own."""
    given: dict[str, object] = {"key": uuid.uuid4(), "action": action}
    return Act(**(given | more))  # type: ignore[arg-type]
