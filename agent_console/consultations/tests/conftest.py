"""A consultation that takes votes, somebody's ballot, an urn in a folder of the test's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.consultations.links import BallotRight, ballot_token
from agent_console.consultations.models import Consultation
from agent_console.consultations.services import Draft, consultation_create, consultation_open
from agent_console.consultations.voting import Cast, vote_cast
from agent_console.places.models import Commune
from agent_console.places.services import communes_load

AIX, MARSEILLE, MARSEILLE_6 = "13001", "13055", "13206"


@pytest.fixture(autouse=True)
def urn_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where this test's urns are."""
    settings.URN_FOLDER = str(tmp_path / "urns")
    return tmp_path / "urns"


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user(
        "nadia", "consultations.manage_consultations", "consultations.moderate_proposals"
    )


@pytest.fixture
def draft() -> Draft:
    """Two choices, open since an hour, for another week."""
    now = timezone.now()
    return Draft(
        title_fr="Piétonniser le cours",
        title_en="Cars off the avenue",
        question_fr="Faut-il fermer le cours aux voitures le dimanche\u202f?",
        question_en="Should the avenue be closed to cars on Sundays?",
        text_fr="La mairie hésite.",
        text_en="The town hall hesitates.",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=7),
        choices=(("Oui", "Yes"), ("Non", "No")),
        accepts_proposals=True,
    )


@pytest.fixture
def make_consultation(db: None, supervisor: User, draft: Draft) -> Callable[..., Consultation]:
    """Make an open consultation, with anything about it said otherwise."""
    communes_load()

    def make(*, insee: Iterable[str] = (), **changed: Any) -> Consultation:
        communes = Commune.objects.filter(pk__in=insee)
        written = Draft(**{**vars(draft), **changed, "communes": list(communes)})
        made = consultation_create(draft=written, actor=supervisor)
        return consultation_open(consultation_id=made.pk, actor=supervisor)

    return make


@pytest.fixture
def consultation(make_consultation: Callable[..., Consultation]) -> Consultation:
    return make_consultation()


def vote(
    consultation: Consultation,
    resident: Resident,
    place: int = 1,
    *,
    insee: str = "",
    key: str = "",
    channel: ChannelCode = ChannelCode.WEB,
) -> Cast:
    """Vote for the choice in that place."""
    return vote_cast(
        consultation_id=consultation.pk,
        resident_id=resident.pk,
        choice_id=consultation.choices.get(position=place).pk,
        insee=insee,
        channel=channel,
        key=key or str(uuid.uuid4()),
    )


def ballot_of(consultation: Consultation, resident: Resident, more: str = "") -> str:
    """The path of a resident's ballot."""
    right = BallotRight(consultation.pk, resident.pk, ChannelCode.WEB)
    return f"/consultations/bulletin/{ballot_token(right)}/{more}"


def ended(consultation: Consultation) -> None:
    """Its end has come."""
    past = timezone.now() - timedelta(seconds=1)
    Consultation.objects.filter(pk=consultation.pk).update(ends_at=past)
