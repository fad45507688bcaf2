"""A copy's link: somebody proved who they are in a chat, and reads their data on a page.

Signed, for an hour; whoever has the address reads what it opens, as a paper copy.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

LINK_LASTS = timedelta(hours=1)
_SALT = "rights.copy"


def copy_url(*, resident_id: uuid.UUID) -> str:
    """The address of the page, as it is sent to them."""
    token = signing.TimestampSigner(salt=_SALT).sign(resident_id.hex)
    return f"{settings.PUBLIC_BASE_URL}{reverse('rights:copy', args=[token])}"


def copy_resident(token: str) -> uuid.UUID | None:
    """Whose copy a link opens; ``None`` when it is forged or over."""
    try:
        return uuid.UUID(signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LINK_LASTS))
    except (signing.BadSignature, ValueError):
        return None
