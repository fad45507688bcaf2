"""Pictures that come beside the WebSocket: a ticket opens the way, a reference comes back.

Both are signed and bound to the session that they were given to, so that nothing has to be stored
for a visitor who only looks, and a reference is of no use to anybody else.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from channels_config.web.protocol import UploadOut

TICKET_LIFETIME = timedelta(days=1)
REFERENCE_LIFETIME = timedelta(hours=20)  # what nobody claims is removed after 24
# The form around it included this stays below what the console's front door lets through.
BYTES_MAX = 950_000
_TICKET, _REFERENCE = "web_channel.upload", "web_channel.photo"


class UploadRefused(Exception):
    """A ticket or a reference that was made up, is too old, or is another session's."""


def upload_of(token: str) -> UploadOut:
    """The way for the session ``token``."""
    ticket = signing.dumps(_session(token), salt=_TICKET)
    return UploadOut(url=reverse("web-photos"), ticket=ticket, bytes_max=BYTES_MAX)


def session_of(ticket: str) -> str:
    """The session that a ticket was given to; raises ``UploadRefused``."""
    try:
        session: str = signing.loads(ticket, salt=_TICKET, max_age=TICKET_LIFETIME)
    except signing.BadSignature as error:
        raise UploadRefused from error
    return session


def reference_of(*, session: str, photo_id: UUID) -> str:
    """What the session sends the stored photo by."""
    return signing.dumps([session, photo_id.hex], salt=_REFERENCE)


def photo_of(reference: str, *, token: str) -> UUID:
    """The photo that a reference names; raises ``UploadRefused``."""
    try:
        session, photo_id = signing.loads(reference, salt=_REFERENCE, max_age=REFERENCE_LIFETIME)
    except signing.BadSignature as error:
        raise UploadRefused from error
    if session != _session(token):
        raise UploadRefused
    return UUID(photo_id)


def _session(token: str) -> str:
    """A session's name, from which nobody finds its secret."""
    return hashlib.sha256(b"upload:" + token.encode()).hexdigest()[:32]
