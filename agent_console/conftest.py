"""Fixtures of the console's unit tests: real PostgreSQL and Valkey, made-up residents."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message
from agent_console.places.services import communes_load
from agent_console.places.tests.conftest import gazetteer, geocoder_service  # noqa: F401
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report
from agent_console.reports.services import report_create
from agent_console.reports.taxonomy import taxonomy_load


def pytest_configure() -> None:
    """Settings of tests only."""
    # Accounts are made by the hundred: their passwords need not be slow to guess.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Valkey's channels belong to no database: two runs at once would hear each other.
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"mdmp-test-{os.getpid()}"


@pytest.fixture
def metropolis(db: None) -> None:
    """Communes and categories."""
    communes_load()
    taxonomy_load()


@pytest.fixture
def contact_point(db: None) -> ContactPoint:
    """A visitor of the web chat."""
    return web_contact_open(token=web_token_new())


@pytest.fixture
def conversation(contact_point: ContactPoint) -> Conversation:
    """A conversation in which one message was received."""
    return receive_message(
        contact_point=contact_point,
        external_id=f"{contact_point.id}:{uuid.uuid4()}",
        text="Bonjour",
    ).conversation


@pytest.fixture
def report(metropolis: None, conversation: Conversation) -> Report:
    """A report just taken in."""
    return report_create(
        intake_key=f"test:{uuid.uuid4()}",
        intake=Intake(
            conversation=conversation,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            place="",
            description="Un trou",
        ),
    )


@pytest.fixture
def everybody_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody wants points: for tests of what follows from that."""
    monkeypatch.setattr("agent_console.citizens.services.consent_require", lambda **_: None)


@pytest.fixture
def committed_jobs(transactional_db: None) -> Iterator[None]:
    """For tests that commit: Django's flush leaves the queue's tables alone, so we empty them."""
    yield
    ProcrastinateJob.objects.all()._raw_delete("default")


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Make a staff account with the named permissions (``app.codename``)."""

    def make(username: str, *permissions: str) -> User:
        user = User.objects.create_user(username, password="Un mot de passe 42")
        for code in permissions:
            app, codename = code.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def photo_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder that photos' files go to; empty, and gone after the test."""
    folder = tmp_path / "photos"
    options = {**settings.STORAGES["photos"]["OPTIONS"], "location": str(folder)}
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {**settings.STORAGES["photos"], "OPTIONS": options},
    }
    return folder
