"""Telephone numbers that Telegram vouches for."""

from __future__ import annotations

from django.utils import timezone

from agent_console.citizens.addresses import (
    address_digest,
    address_seal,
    address_unseal,
    phone_normalised,
)
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode, ContactPoint

from .models import VerifiedPhone


def phone_verified(*, contact_point: ContactPoint, phone: str) -> bool:
    """Keep the number of whoever holds this account; False when it is none that we can call.

    Telegram gives numbers in international form, sometimes without the plus.
    """
    try:
        number = phone_normalised(f"+{phone.lstrip('+')}")
    except AddressInvalid:
        return False
    VerifiedPhone.objects.update_or_create(
        contact_point=contact_point,
        defaults={
            "phone_digest": address_digest(kind=ChannelCode.SMS, address=number),
            "phone_sealed": address_seal(number),
            "verified_at": timezone.now(),
        },
    )
    return True


class TelegramVoucher:
    """Implements ``agent_console.citizens.vouching.PhoneVoucher``."""

    kind = ChannelCode.TELEGRAM

    def phone_of(self, contact_point: ContactPoint) -> str | None:
        """The number that was shared last; None also when its key is gone."""
        shared = VerifiedPhone.objects.filter(contact_point=contact_point).first()
        try:
            return address_unseal(bytes(shared.phone_sealed)) if shared else None
        except AddressInvalid:
            return None
