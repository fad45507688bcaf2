"""Where an operator answers: the telephone on their desk, or the one in the page."""

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.addresses import (
    address_seal,
    address_unseal,
    may_get_codes,
    phone_normalised,
)
from agent_console.citizens.errors import AddressInvalid

from .errors import DeskPhoneMissing, PhoneInvalid
from .models import DeskPhone


@transaction.atomic
def desk_phone_set(*, user: User, number: str) -> None:
    """Where this operator answers, from now on; raises ``PhoneInvalid``."""
    DeskPhone.objects.update_or_create(
        user=user, defaults={"number_sealed": number_sealed(number), "rings_in_page": False}
    )


@transaction.atomic
def desk_in_page(*, user: User, is_on: bool) -> None:
    """Ring in the page, or at the desk's number again; raises ``DeskPhoneMissing`` without one."""
    row, _ = DeskPhone.objects.get_or_create(user=user)
    if not is_on and row.number_sealed is None:
        raise DeskPhoneMissing
    row.rings_in_page = is_on
    row.save(update_fields=["rings_in_page", "changed_at"])


def desk_phone(*, user_id: int) -> str | None:
    """An operator's number, E.164; ``None`` until they gave one that can still be read."""
    row = DeskPhone.objects.filter(user_id=user_id).first()
    return number_unsealed(row.number_sealed) if row and row.number_sealed else None


def rings_in_page(*, user_id: int) -> bool:
    """Whether this operator answers in the page."""
    return DeskPhone.objects.filter(user_id=user_id, rings_in_page=True).exists()


def can_answer(*, user_id: int) -> bool:
    """Whether something of this operator's can ring."""
    return rings_in_page(user_id=user_id) or desk_phone(user_id=user_id) is not None


def number_sealed(number: str) -> bytes:
    """What people write as a number, sealed; raises ``PhoneInvalid``."""
    try:
        phone = phone_normalised(number)
    except AddressInvalid as error:
        raise PhoneInvalid from error
    if not may_get_codes(phone):  # one that costs its caller more than a call
        raise PhoneInvalid
    return address_seal(phone)


def number_unsealed(sealed: bytes | memoryview) -> str | None:
    """E.164; ``None`` when its key is gone."""
    try:
        return address_unseal(bytes(sealed))
    except AddressInvalid:
        return None
