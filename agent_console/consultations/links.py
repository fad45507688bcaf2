"""A ballot's link: somebody who proved who they are, in a chat or in their space, votes on a page.

So the choice never stands among the messages of a conversation, which are kept.  The link holds
who may vote and for how long, signed; whoever has it may cast that one vote.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from agent_console.citizens.models import ChannelCode

LASTS_S = 3600
_SALT = "consultations.ballot"


@dataclass(frozen=True)
class BallotRight:
    """Who votes where, and on which channel they asked to."""

    consultation_id: uuid.UUID
    resident_id: uuid.UUID
    channel: ChannelCode


def ballot_token(right: BallotRight) -> str:
    """The right, signed, for an hour."""
    parts = (right.consultation_id.hex, right.resident_id.hex, right.channel.value)
    return signing.TimestampSigner(salt=_SALT).sign(".".join(parts))


def ballot_path(right: BallotRight, *, locale: str) -> str:
    """The address of the ballot page on this site."""
    return f"{reverse('consultations:ballot', args=[ballot_token(right)])}?lang={locale}"


def ballot_link(right: BallotRight, *, locale: str) -> str:
    """The same, as it is sent to somebody."""
    return f"{settings.PUBLIC_BASE_URL}{ballot_path(right, locale=locale)}"


def ballot_right(token: str) -> BallotRight | None:
    """Whose right a link holds; ``None`` when it is forged or over."""
    try:
        text = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LASTS_S)
    except signing.BadSignature:
        return None
    consultation, resident, channel = text.split(".")
    return BallotRight(
        consultation_id=uuid.UUID(consultation),
        resident_id=uuid.UUID(resident),
        channel=ChannelCode(channel),
    )
