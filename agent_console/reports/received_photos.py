"""Pictures that came in a conversation: kept as photos, and joined to the report made there."""

import uuid
from datetime import timedelta

from django.utils import timezone

from agent_console.conversations.errors import MediaRefused, MediaUnavailable
from agent_console.conversations.models import Attachment, AttachmentState, Conversation
from agent_console.photos.addresses import Size, signed_address
from agent_console.photos.errors import (
    PhotoNotStored,
    PhotoRefused,
    PhotoTaken,
    PhotoUnknown,
)
from agent_console.photos.models import Photo, PhotoState, Uploader
from agent_console.photos.services import UNCLAIMED_KEPT, photos_claim
from agent_console.photos.services import photo_store as photo_keep
from agent_console.photos.storage import file_read

# Well before a photo that belongs to nothing may be removed.
_RECENT = UNCLAIMED_KEPT - timedelta(hours=1)


class CitizenPhotos:
    """Implements ``conversations.ports.PhotoStore``."""

    def store(self, content: bytes) -> uuid.UUID:
        """Keep a citizen's picture; where it was taken is not asked and not kept."""
        try:
            return photo_keep(content=content, uploader=Uploader.CITIZEN).photo.id
        except PhotoRefused as error:
            raise MediaRefused(error.code) from error
        except PhotoNotStored as error:
            raise MediaUnavailable(error.code) from error

    def address(self, photo_id: uuid.UUID) -> str:
        """A signed path of the thumbnail."""
        return signed_address(photo_id=photo_id, size=Size.THUMBNAIL)

    def keep(self, photo_id: uuid.UUID, *, owner: uuid.UUID) -> None:
        """It belongs to ``owner`` from the caller's commit on."""
        try:
            photos_claim(photo_ids=[photo_id], claimed_by=owner)
        except (PhotoUnknown, PhotoTaken) as error:
            raise MediaRefused(error.code) from error

    def content(self, photo_id: uuid.UUID) -> bytes:
        """The large one."""
        photo = Photo.objects.filter(pk=photo_id, state=PhotoState.STORED).first()
        try:
            if photo is not None:
                return file_read(photo.name)
        except FileNotFoundError as error:
            raise MediaRefused("photo_unknown") from error
        raise MediaRefused("photo_unknown")


def photos_received(*, conversation: Conversation | None, limit: int) -> list[uuid.UUID]:
    """Photos that came in a conversation lately and that no case has, in order, the last ones.

    Somebody who sends a picture and tells of a problem means one thing by both.
    """
    if conversation is None:
        return []
    came = Attachment.objects.filter(
        message__conversation=conversation,
        message__created_at__gt=timezone.now() - _RECENT,
        state=AttachmentState.STORED,
    ).order_by("message__seq", "position")
    ids = [one.photo_id for one in came if one.photo_id is not None]
    free = set(
        Photo.objects.filter(
            pk__in=ids, state=PhotoState.STORED, claimed_by__isnull=True
        ).values_list("pk", flat=True)
    )
    return [photo_id for photo_id in ids if photo_id in free][-limit:] if limit > 0 else []
