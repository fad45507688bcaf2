"""Channels that vouch for a phone: whoever holds the account holds (or held) this number."""

from typing import Protocol

from .models import ChannelCode, ContactPoint


class PhoneVoucher(Protocol):
    """A channel whose accounts have a number that it checked itself; registered at start.

    ``phone_of``: the number in E.164 that whoever holds the contact chose to share, else ``None``.
    """

    kind: ChannelCode

    def phone_of(self, contact_point: ContactPoint) -> str | None: ...


_VOUCHERS: dict[str, PhoneVoucher] = {}


def register_voucher(voucher: PhoneVoucher) -> None:
    """From now on ``voucher`` is asked about its kind of contact (``AppConfig.ready``)."""
    _VOUCHERS[str(voucher.kind)] = voucher


def vouched_phone(contact_point: ContactPoint) -> str | None:
    """The number that the contact's channel vouches for, if any."""
    voucher = _VOUCHERS.get(contact_point.kind)
    return voucher.phone_of(contact_point) if voucher is not None else None
