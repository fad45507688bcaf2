"""A resident's phones."""

import uuid

from django.db.models import F

from .addresses import NUMBER_KINDS
from .codes import phone_contact
from .couriers import has_courier
from .errors import CodeUndeliverable
from .models import ContactPoint
from .selectors import links_of
from .services import contact_address


def phone_to_prove(*, contact_point: ContactPoint) -> ContactPoint:
    """Where a code goes that whoever speaks at the contact is to repeat.

    To a number that speaks: the number itself, texted if it is a mobile (its line is busy with the
    call).  From elsewhere: the phone that was proved last.  Raises ``CodeUndeliverable``,
    ``AddressInvalid``.
    """
    if contact_point.kind in NUMBER_KINDS:
        number = contact_address(contact_point)
        if number is None:
            raise CodeUndeliverable
        return phone_contact(number=number, locale=contact_point.locale)
    phones = phones_of(resident_id=contact_point.resident_id) if contact_point.resident_id else []
    if not phones:
        raise CodeUndeliverable
    return phones[0]


def phones_of(*, resident_id: uuid.UUID) -> list[ContactPoint]:
    """The person's phones that codes can be brought to, the one that was proved last first."""
    links = links_of(resident_id=resident_id).order_by(
        F("verified_at").desc(nulls_last=True), "-since"
    )
    return [
        link.contact_point
        for link in links
        if link.contact_point.kind in NUMBER_KINDS and has_courier(link.contact_point.kind)
    ]
