"""From the resident's space to a ballot: by the code that was brought to their phone."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from agent_console.citizens.tests.conftest import Phones
from agent_console.consultations.models import Consultation, RollEntry, SealedBallot
from agent_console.consultations.services import Draft, consultation_create, consultation_open
from agent_console.identity.tests.conftest import Browser

pytestmark = pytest.mark.django_db
NUMBER = "06 12 34 56 78"


@pytest.fixture
def consultation(
    make_user: Callable[..., User], settings: Settings, tmp_path: Path
) -> Consultation:
    settings.URN_FOLDER = str(tmp_path / "urns")
    now, actor = timezone.now(), make_user("nadia", "consultations.manage_consultations")
    draft = Draft(
        title_fr="Des bancs",
        title_en="Benches",
        question_fr="Faut-il des bancs\u202f?",
        question_en="Should there be benches?",
        text_fr="Sur la place.",
        text_en="On the square.",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
        choices=(("Oui", "Yes"), ("Non", "No")),
    )
    made = consultation_create(draft=draft, actor=actor)
    return consultation_open(consultation_id=made.pk, actor=actor)


def test_a_signed_in_resident_votes_once(
    browser: Browser, phones: Phones, consultation: Consultation
) -> None:
    address = f"/mon-espace/voter/{consultation.pk}/"
    assert browser.get(address)["Location"] == "/mon-espace/connexion/"
    browser.sign_in(NUMBER, phones)
    assert address in browser.get("/mon-espace/").text
    ballot = browser.get(address)["Location"]
    choice = consultation.choices.get(position=2)
    sent = {"choice": str(choice.pk), "commune": "", "key": str(uuid.uuid4())}
    assert "récépissé" in browser.post(ballot, sent).text
    other_browser = Browser()  # the same person elsewhere
    other_browser.sign_in(NUMBER, phones)
    again = other_browser.get(address)["Location"]
    assert other_browser.post(again, {**sent, "key": str(uuid.uuid4())}).status_code == 409
    assert (RollEntry.objects.count(), SealedBallot.objects.count()) == (1, 1)


def test_what_is_not_open_has_no_ballot(browser: Browser, phones: Phones) -> None:
    browser.sign_in(NUMBER, phones)
    assert browser.get(f"/mon-espace/voter/{uuid.uuid4()}/").status_code == 404
