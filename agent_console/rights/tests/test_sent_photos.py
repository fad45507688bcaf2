"""A photo that an agent sent goes with the conversation; one of a report stays the report's."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.db import transaction

from agent_console.conversations.models import Attachment, Conversation
from agent_console.photos.models import Photo, PhotoState, Uploader
from agent_console.photos.services import photo_store, photos_claim
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.rights.erasing_contacts import talks_forget

pytestmark = pytest.mark.django_db


def test_what_was_sent_is_removed_and_what_a_case_has_stays(
    conversation: Conversation, photo_files: Path
) -> None:
    message = conversation.messages.get()
    states = {}
    for position, owner in enumerate((conversation.pk, uuid.uuid4(), None)):
        photo = photo_store(content=encoded(scene(position)), uploader=Uploader.STAFF).photo
        Attachment.objects.create(
            message=message, position=position, state="stored", photo_id=photo.pk
        )
        if owner is not None:
            with transaction.atomic():
                photos_claim(photo_ids=[photo.pk], claimed_by=owner)
        states[photo.pk] = PhotoState.STORED if position == 1 else PhotoState.REMOVING
    talks_forget([conversation.pk], are_gone=True)
    assert dict(Photo.objects.values_list("pk", "state")) == states
