"""A resident's PIN: for spending without waiting for a code, and for phones that get no texts.

Stored as Django hashes passwords, over a keyed digest: four digits are no secret to whoever has the
hash alone, so the key that is not in the database is needed too.
"""

import uuid

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from agent_console.digests import keyed_digest

from .errors import PinInvalid, PinLocked, PinUnset, PinWrong
from .limits import PIN_ATTEMPTS, PIN_LOCK
from .models import Pin

_CHARS_MIN, _CHARS_MAX = 4, 6
_RISING = "01234567890123456789"


@transaction.atomic
def pin_set(*, resident_id: uuid.UUID, pin: str) -> None:
    """Set or replace the PIN, which unlocks it; the caller has seen a one-time code.

    Raises ``PinInvalid``: not 4 to 6 digits, all the same, or in a row.
    """
    if not _is_good(pin):
        raise PinInvalid
    Pin.objects.update_or_create(
        resident_id=resident_id,
        defaults={
            "hash": make_password(_peppered(resident_id, pin)),
            "set_at": timezone.now(),
            "failures": 0,
            "locked_until": None,
        },
    )


@transaction.atomic
def pin_remove(*, resident_id: uuid.UUID) -> None:
    """Have no PIN any more; codes go on."""
    Pin.objects.filter(resident_id=resident_id).delete()


def pin_is_set(*, resident_id: uuid.UUID) -> bool:
    """Whether the resident has a PIN."""
    return Pin.objects.filter(resident_id=resident_id).exists()


def pin_check(*, resident_id: uuid.UUID, pin: str) -> None:
    """Check a PIN; a failure is committed before it is told.

    Raises ``PinUnset``, ``PinWrong``, ``PinLocked`` (also for the right one).
    """
    with transaction.atomic(durable=True):
        refusal = _attempt(resident_id, pin)
    if refusal is not None:
        raise refusal


def _attempt(resident_id: uuid.UUID, said: str) -> PinUnset | PinWrong | PinLocked | None:
    pin = Pin.objects.select_for_update().filter(resident_id=resident_id).first()
    if pin is None:
        return PinUnset()
    now = timezone.now()
    if pin.locked_until is not None and pin.locked_until > now:
        return PinLocked(pin.locked_until)
    if check_password(_peppered(resident_id, said), pin.hash):
        pin.failures, pin.locked_until = 0, None
        pin.save(update_fields=["failures", "locked_until"])
        return None
    pin.failures += 1
    if pin.failures >= PIN_ATTEMPTS:
        pin.failures, pin.locked_until = 0, now + PIN_LOCK
        pin.save(update_fields=["failures", "locked_until"])
        return PinLocked(pin.locked_until)
    pin.save(update_fields=["failures"])
    return PinWrong(PIN_ATTEMPTS - pin.failures)


def _is_good(pin: str) -> bool:
    if not (_CHARS_MIN <= len(pin) <= _CHARS_MAX and pin.isascii() and pin.isdigit()):
        return False
    in_a_row = pin in _RISING or pin[::-1] in _RISING
    return not in_a_row and len(set(pin)) > 1


def _peppered(resident_id: uuid.UUID, pin: str) -> str:
    return keyed_digest(domain="pin", text=f"{resident_id}:{pin}").hex()
