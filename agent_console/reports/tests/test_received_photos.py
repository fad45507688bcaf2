"""Pictures of a conversation become photos of the report that is made there."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agent_console.conversations.errors import MediaRefused
from agent_console.conversations.models import Attachment, Conversation, Message
from agent_console.conversations.receiving import Incoming, receive
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report
from agent_console.reports.models.photo import CITIZEN_PHOTOS_MAX, ReportPhoto
from agent_console.reports.received_photos import CitizenPhotos
from agent_console.reports.services import report_create


def _came(conversation: Conversation, seed: int) -> uuid.UUID:
    message = receive(
        contact_point=conversation.contact_point,
        incoming=Incoming(external_id=f"x:{uuid.uuid4()}", attachments=["a"]),
    )
    assert message is not None
    photo_id = CitizenPhotos().store(encoded(scene(seed), "JPEG"))
    message.attachments.update(state="stored", photo_id=photo_id)
    return photo_id


def _report(conversation: Conversation, *photos: uuid.UUID) -> Report:
    intake = Intake(
        conversation=conversation,
        category_code="pothole",
        address="12 rue Paradis",
        commune="Marseille",
        place="",
        description="Un trou",
        photos=photos,
    )
    return report_create(intake_key=f"test:{uuid.uuid4()}", intake=intake)


def _photos(report: Report) -> list[uuid.UUID]:
    joined = ReportPhoto.objects.filter(report=report).order_by("position")
    return [one.photo_id for one in joined]


def test_a_picture_that_came_is_joined_to_the_report_and_to_no_other(
    metropolis: None, conversation: Conversation, photo_files: Path
) -> None:
    first = _came(conversation, 1)
    report = _report(conversation)
    assert _photos(report) == [first]
    second = _came(conversation, 2)
    assert _photos(_report(conversation)) == [second]
    assert _photos(_report(conversation)) == []


def test_those_that_are_named_come_first_and_once(
    metropolis: None, conversation: Conversation, photo_files: Path
) -> None:
    came = [_came(conversation, seed) for seed in range(2)]
    assert _photos(_report(conversation, came[1])) == [came[1], came[0]]


def test_no_more_than_a_report_holds(
    metropolis: None, conversation: Conversation, photo_files: Path
) -> None:
    came = [_came(conversation, seed) for seed in range(CITIZEN_PHOTOS_MAX + 1)]
    assert _photos(_report(conversation)) == came[1:]


def test_what_is_about_to_be_removed_is_left(
    metropolis: None, conversation: Conversation, photo_files: Path
) -> None:
    _came(conversation, 1)
    Message.objects.filter(attachments__isnull=False).update(
        created_at=timezone.now() - timedelta(hours=23, minutes=30)
    )
    assert Attachment.objects.exists()
    assert _photos(_report(conversation)) == []


def test_what_is_no_photo_is_refused_by_its_code() -> None:
    with pytest.raises(MediaRefused) as refused:
        CitizenPhotos().store(b"not a photo")
    assert refused.value.code == "photo_type_refused"
