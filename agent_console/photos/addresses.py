"""Addresses of photos: for staff by permission, for citizens signed and for a time."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core import signing
from django.urls import reverse

SIGNED_LIFETIME = timedelta(hours=1)
_SALT = "agent_console.photos"


class Size(StrEnum):
    """Which of a photo's two files."""

    FULL = "full"
    THUMBNAIL = "thumbnail"


class SizeConverter:
    """A ``Size`` in an address."""

    regex = "|".join(Size)

    def to_python(self, value: str) -> Size:
        return Size(value)

    def to_url(self, value: Size) -> str:
        return str(value)


@dataclass(frozen=True)
class SignedPhoto:
    """What a signed address gives access to."""

    photo_id: uuid.UUID
    size: Size


def staff_address(*, photo_id: uuid.UUID, size: Size) -> str:
    """Opens with a session and the permission ``photos.view_photo``."""
    return reverse("photos:staff", args=[photo_id, size])


def signed_address(*, photo_id: uuid.UUID, size: Size) -> str:
    """Opens for whoever holds it, for ``SIGNED_LIFETIME``; give it only to whose photo it is."""
    token = signing.dumps([photo_id.hex, size], salt=_SALT)
    return reverse("photos:signed", args=[token])


def signed_read(token: str) -> SignedPhoto:
    """What a signed address names; raises ``signing.BadSignature``, also when it is too old."""
    photo_id, size = signing.loads(token, salt=_SALT, max_age=SIGNED_LIFETIME)
    return SignedPhoto(photo_id=uuid.UUID(photo_id), size=Size(size))
