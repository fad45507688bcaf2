"""Writes about residents and contact points."""

import hashlib
import secrets
import uuid

from django.db import transaction
from django.utils import timezone

from agent_console.digests import keyed_digest

from .addresses import (
    NUMBER_KINDS,
    address_digest,
    address_normalised,
    address_seal,
    address_unseal,
)
from .consents import consent_require
from .errors import ConsentMissing
from .links import contact_link
from .models import ChannelCode, ContactPoint, LinkHow, Resident

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


def web_contact_open(*, token: str, locale: str = "fr") -> ContactPoint:
    """The contact point of a token made by ``web_token_new``, created on first need.

    The database holds the token's SHA-256 only: reading it lets nobody take over a conversation.
    """
    contact_point, _ = ContactPoint.objects.get_or_create(
        kind=ChannelCode.WEB, key_digest=_digest(token), defaults={"locale": locale}
    )
    return contact_point


def contact_key(*, kind: ChannelCode, address: str) -> bytes:
    """``ContactPoint.key_digest`` of an address, whether or not it is known.

    Raises ``AddressInvalid``.
    """
    return address_digest(kind=kind, address=address_normalised(kind=kind, address=address))


def contact_at(*, kind: ChannelCode, address: str, locale: str = "fr") -> ContactPoint:
    """The contact point at a number, a chat or an e-mail address, created on first need.

    ``address``: a phone number however it is written (SMS, voice, phone), else the provider's own
    id of the chat or the e-mail address.  Stored as a keyed digest and encrypted, never in clear.
    Raises ``AddressInvalid``.
    """
    normalised = address_normalised(kind=kind, address=address)
    contact_point, _ = ContactPoint.objects.get_or_create(
        kind=kind,
        key_digest=address_digest(kind=kind, address=normalised),
        defaults={"address_sealed": lambda: address_seal(normalised), "locale": locale},
    )
    return contact_point


def contact_address(contact_point: ContactPoint) -> str | None:
    """Where to write or call; ``None`` for what has no address, such as a browser session.

    Raises ``AddressInvalid`` (``address_sealed``) when its key is gone.
    """
    sealed = contact_point.address_sealed
    return None if sealed is None else address_unseal(bytes(sealed))


def contact_of_call(*, call: str) -> ContactPoint:
    """The contact point of one call whose number is withheld: nobody else's, and not reachable.

    ``call``: the provider's own id of it, stored as a keyed digest.
    """
    contact_point, _ = ContactPoint.objects.get_or_create(
        kind=ChannelCode.VOICE, key_digest=keyed_digest(domain="withheld-call", text=call)
    )
    return contact_point


@transaction.atomic
def resident_of_contact(*, contact_point_id: uuid.UUID) -> Resident:
    """Who is taken to speak at a contact point, created on first need.

    Somebody who calls from the number that they text from is the same person, until they say
    otherwise; where several share it, whoever spoke last (``links.contact_speaks``).  The contact
    point's row is locked, so two requests at once make one resident.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    if contact_point.resident is not None:
        return contact_point.resident
    known = resident_of_number(contact_point)
    resident = known or Resident.objects.create()
    contact_link(
        contact_point_id=contact_point.pk,
        resident=resident,
        how=LinkHow.SAME_NUMBER if known else LinkHow.FIRST,
        is_verified=False,
    )
    return resident


@transaction.atomic
def wallet_assign(*, resident_id: uuid.UUID) -> uuid.UUID:
    """The wallet number of somebody who wants points, drawn at random on first need.

    Raises ``ConsentMissing``.  The person's row is locked first, so that a withdrawal that was
    answered before is seen here.
    """
    resident = _holder_locked(resident_id)
    consent_require(resident_id=resident.pk)
    return _wallet_number(resident)


@transaction.atomic
def wallet_of_merge(*, resident_id: uuid.UUID) -> uuid.UUID:
    """As ``wallet_assign``, for points that are theirs already and move with a merge."""
    return _wallet_number(_holder_locked(resident_id))


def _holder_locked(resident_id: uuid.UUID) -> Resident:
    resident = Resident.objects.select_for_update().get(pk=resident_id)
    while resident.wallet_id is None and resident.merged_into_id is not None:
        # Merged before they had a wallet: what they earn is of whom they are now.
        resident = Resident.objects.select_for_update().get(pk=resident.merged_into_id)
    return resident


def _wallet_number(resident: Resident) -> uuid.UUID:
    """It is committed here before the wallet service hears of it: whatever crashes afterwards, the
    same number is asked for again, and no second wallet appears."""
    if resident.wallet_id is None:
        if resident.erased_at is not None:
            raise ConsentMissing("wallet_refused")  # nobody is behind this number any more
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


def resident_of_number(contact_point: ContactPoint) -> Resident | None:
    """Who speaks at the other uses of a phone number; nobody when that is not one person."""
    if contact_point.kind not in NUMBER_KINDS:
        return None
    same = ContactPoint.objects.filter(
        kind__in=NUMBER_KINDS, key_digest=contact_point.key_digest, resident__isnull=False
    )
    residents = {one.resident for one in same.select_related("resident")}
    return residents.pop() if len(residents) == 1 else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
