"""Addresses that people are reached at: one spelling each, sealed at rest, found by digest.

A stolen database tells neither a number nor a chat: ``CONSOLE_ADDRESS_KEYS`` opens the sealed
bytes and ``CONSOLE_DIGEST_KEY`` keys the digests, and neither stands in the database.
"""

import phonenumbers

from agent_console.digests import keyed_digest
from agent_console.sealing import SealBroken, seal, unseal

from .errors import AddressInvalid
from .models import ChannelCode

_REGION = "FR"  # how a number without its country code is read
# One number, however it is used: what is sent to it and who calls from it is the same contact.
NUMBER_KINDS = frozenset({ChannelCode.SMS, ChannelCode.VOICE, ChannelCode.PHONE})
_CHARS_MAX = 254  # the longest e-mail address, RFC 5321


def phone_normalised(text: str) -> str:
    """A number as people write it, in E.164 ("+33612345678"); raises ``AddressInvalid``."""
    try:
        number = phonenumbers.parse(text[:_CHARS_MAX], _REGION)
    except phonenumbers.NumberParseException as error:
        raise AddressInvalid("phone_invalid") from error
    if not phonenumbers.is_valid_number(number):
        raise AddressInvalid("phone_invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(phone: str) -> bool:
    """Whether an E.164 number may get a text message; a landline is called instead."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone, None))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def may_get_codes(phone: str) -> bool:
    """Whether codes are brought to an E.164 number: none that costs its caller more than a call."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone, None))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
    )


def address_normalised(*, kind: str, address: str) -> str:
    """The one spelling of an address of this kind; raises ``AddressInvalid``."""
    if kind in NUMBER_KINDS:
        return phone_normalised(address)
    cleaned = address.strip()
    if not cleaned or len(cleaned) > _CHARS_MAX:
        raise AddressInvalid("address_invalid")
    return cleaned


def address_digest(*, kind: str, address: str) -> bytes:
    """32 bytes, equal for equal addresses: a number's is the same for every way it is used."""
    domain = "phone" if kind in NUMBER_KINDS else f"contact:{kind}"
    return keyed_digest(domain=domain, text=address)


def address_seal(address: str) -> bytes:
    """``address`` as it may be stored, sealed with the newest key."""
    return seal(address.encode())


def address_unseal(sealed: bytes) -> str:
    """What was sealed with any key still known; raises ``AddressInvalid`` (``address_sealed``)."""
    try:
        return unseal(sealed).decode()
    except SealBroken as error:
        raise AddressInvalid("address_sealed") from error
