"""Writes about residents and contact points."""

import hashlib
import secrets
import uuid

from django.db import transaction
from django.utils import timezone

from .models import ChannelCode, ContactPoint, Resident

_TOKEN_BYTES = 32
_TOKEN_CHARS_MAX = 64


def web_token_new() -> str:
    """A browser session's secret: 256 random bits, kept by the browser only."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def web_contact_find(*, token: str | None) -> ContactPoint | None:
    """The contact point of a session, or ``None`` when it is unknown or too long."""
    if not token or len(token) > _TOKEN_CHARS_MAX:
        return None
    return ContactPoint.objects.filter(kind=ChannelCode.WEB, key_digest=_digest(token)).first()


def web_contact_open(*, token: str) -> ContactPoint:
    """The contact point of a token made by ``web_token_new``, created on first need.

    The database holds the token's SHA-256 only: reading it lets nobody take over a conversation.
    """
    contact_point, _ = ContactPoint.objects.get_or_create(
        kind=ChannelCode.WEB, key_digest=_digest(token)
    )
    return contact_point


@transaction.atomic
def resident_of_contact(*, contact_point_id: uuid.UUID) -> Resident:
    """The resident behind a contact point, created on first need.

    The contact point's row is locked, so two requests at once make one resident.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    if contact_point.resident is None:
        contact_point.resident = Resident.objects.create()
        contact_point.save(update_fields=["resident"])
    return contact_point.resident


@transaction.atomic
def wallet_assign(*, resident_id: uuid.UUID) -> uuid.UUID:
    """The resident's wallet number, drawn at random on first need.

    It is committed here before the wallet service hears of it: whatever crashes afterwards, the
    same number is asked for again, and no second wallet appears.
    """
    resident = Resident.objects.select_for_update().get(pk=resident_id)
    if resident.wallet_id is None:
        resident.wallet_id = uuid.uuid4()
        resident.save(update_fields=["wallet_id"])
    return resident.wallet_id


@transaction.atomic
def contact_opt_out(*, contact_point_id: uuid.UUID) -> ContactPoint:
    """Nothing that was not asked for is sent any more; asking twice keeps the first moment."""
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    if contact_point.opted_out_at is None:
        contact_point.opted_out_at = timezone.now()
        contact_point.save(update_fields=["opted_out_at"])
    return contact_point


@transaction.atomic
def contact_opt_in(*, contact_point_id: uuid.UUID) -> ContactPoint:
    """Notices are sent again; what was kept back meanwhile is not."""
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    contact_point.opted_out_at = None
    contact_point.save(update_fields=["opted_out_at"])
    return contact_point


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
