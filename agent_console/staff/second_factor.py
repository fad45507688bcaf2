"""The second factor of staff: codes of an authenticator (TOTP, RFC 6238) and recovery codes.

The rule hangs on the account, not on the door: whoever holds a permission beyond a till's gives a
second factor wherever they sign in (``STAFF_SECOND_FACTOR``).  Devices, codes that work once and
the growing wait between tries are django-otp's; what the database holds opens nothing: secrets are
sealed (``Authenticator``), recovery codes keyed digests.
"""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from math import ceil
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from agent_console.digests import keyed_digest
from agent_console.sealing import SealBroken

from . import epochs
from .errors import AccessError, CodeRefusedError, FactorUnreadableError, TooManyCodesError
from .models import Authenticator

# A till sees a voucher, never a person, on a tablet that colleagues share: no second factor.
TILL = frozenset({"partners.capture_voucher"})
RECOVERY_CODES = 10
_DIGITS = 6
_DIGEST_BYTES = 10  # 16 characters
_NAME = "Application d’authentification"
_RECOVERY_NAME = "Codes de secours"


def is_required_of(user: User) -> bool:
    """True when the account may not be opened by a password alone."""
    return settings.STAFF_SECOND_FACTOR == "required" and bool(user.get_all_permissions() - TILL)


def is_enrolled(user: User) -> bool:
    """True when an authenticator was confirmed: its codes are asked for, required or not."""
    return bool(Authenticator.objects.devices_for_user(user, confirmed=True).exists())


def recovery_codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def enrolment_open(*, user: User) -> Authenticator:
    """The authenticator that waits for its first code; the same one until it is confirmed."""
    User.objects.select_for_update().get(pk=user.pk)  # two pages at once show one secret
    waiting = Authenticator.objects.filter(user=user, confirmed=False)
    device: Authenticator | None = waiting.first()
    if device is None or not device.is_readable:
        waiting.delete()  # sealed with a key that is gone, it would never be confirmed
        device = Authenticator(user=user, confirmed=False, name=_NAME)
        device.save()
    return device


def enrolment_confirm(*, user: User, code: str) -> tuple[Device, list[str]]:
    """Confirm the waiting authenticator by a code of it; returns it and fresh recovery codes.

    ONE transaction: the new one replaces the former one and its codes, and sessions opened without
    it end, or nothing changes.
    Raises ``CodeRefusedError`` and ``TooManyCodesError``; a failed try stays counted.
    """
    with transaction.atomic():
        device = _waiting(user)
        refused = CodeRefusedError() if device is None else _refusal(device, code)
        if device is not None and refused is None:
            Authenticator.objects.filter(user=user).exclude(pk=device.pk).delete()
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            return device, recovery_codes_draw(user=user)
    raise refused or CodeRefusedError()


def code_check(*, user: User, code: str) -> Device:
    """Whose code it is: of the authenticator (6 digits) or a recovery code, which works once.

    The device's row is locked: a code sent twice at once passes once.  Raises
    ``CodeRefusedError``, ``TooManyCodesError`` and ``FactorUnreadableError``; a failed try stays
    counted.
    """
    given = _plain(code)
    model: Any = Authenticator
    if not given.isdecimal() or len(given) != _DIGITS:
        model, given = StaticDevice, recovery_digest(user_id=user.pk, code=given)
    with transaction.atomic():
        device = model.objects.devices_for_user(user, confirmed=True).select_for_update().first()
        refused = CodeRefusedError() if device is None else _refusal(device, given)
    if refused is not None:
        raise refused
    return device


@transaction.atomic
def recovery_codes_draw(*, user: User) -> list[str]:
    """Ten fresh recovery codes; those of before are over, and so is every session.

    Who drew them goes on: the caller has their session join the new epoch.
    """
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=_RECOVERY_NAME)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=recovery_digest(user_id=user.pk, code=code))
        for code in codes
    )
    epochs.begin(user=user)
    return codes


def recovery_digest(*, user_id: int, code: str) -> str:
    """What is stored of a recovery code: 80 bits that only ``CONSOLE_DIGEST_KEY`` makes.

    As long as django-otp's column takes; looked for as it is, so that it is never tried one by one.
    """
    digest = keyed_digest(domain="staff:recovery", text=f"{user_id}:{code}")
    return b32encode(digest[:_DIGEST_BYTES]).decode().lower()


@transaction.atomic
def factor_remove(*, user: User) -> None:
    """Forget authenticator and recovery codes, end every session: the next sign-in enrols anew."""
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    epochs.begin(user=user)


def enrolment_qr(device: Authenticator) -> SafeString:
    """Inline SVG of the ``otpauth:`` address, black on white in any colour scheme."""
    drawn = segno.make(device.config_url, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made here, of our own address


def typed_secret(device: Authenticator) -> str:
    """The secret for who can't scan: base32 in groups of four."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _waiting(user: User) -> Authenticator | None:
    waiting: Authenticator | None = (
        Authenticator.objects.devices_for_user(user, confirmed=False).select_for_update().first()
    )
    return waiting


def _refusal(device: Any, code: str) -> AccessError | None:
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        return TooManyCodesError(wait_s=_seconds_until((why or {}).get("locked_until")))
    try:
        return None if device.verify_token(_plain(code)) else CodeRefusedError()
    except SealBroken:
        return FactorUnreadableError()


def _seconds_until(moment: datetime | None) -> int:
    left = (moment - timezone.now()).total_seconds() if moment else 1
    return max(1, ceil(left))


def _plain(code: str) -> str:
    """As it was drawn: people copy codes with spaces and capitals."""
    return "".join(code.split()).lower()
