"""One-time codes: asked for, brought by a courier, repeated once.

Known and unknown numbers go the same way, statement by statement: a number that nobody used becomes
a contact and gets a code like any other, so neither the answer nor its time tells them apart.  The
code stands nowhere in clear: its keyed digest stays, and until the courier has it, its encrypted
form.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agent_console.digests import keyed_digest
from service_kit.locks import lock_for_transaction

from . import queue
from .addresses import (
    NUMBER_KINDS,
    address_seal,
    address_unseal,
    is_mobile,
    may_get_codes,
    phone_normalised,
)
from .couriers import courier_for, has_courier
from .errors import AddressInvalid, CodeEnded, CodesLimited, CodeUndeliverable, CodeWrong
from .limits import CODE_ATTEMPTS, CODE_LIFETIME, OF_ALL, PER_CONTACT, PER_REQUESTER, Limit
from .models import ChannelCode, CodePurpose, ContactPoint, OneTimeCode
from .services import contact_at

_DIGITS = 6
# What stays of a person who asked: enough to count with.
_REQUESTER = "code-requester"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a repeated code proves: whoever asked (from ``asked_from``) holds ``contact_point``."""

    contact_point: ContactPoint
    asked_from: ContactPoint | None
    purpose: CodePurpose


def phone_contact(*, number: str, locale: str = "fr") -> ContactPoint:
    """The contact that codes for a phone number are brought to: texted or spoken.

    ``number`` as people write it.  Raises ``AddressInvalid`` (``phone_invalid``,
    ``phone_not_callable``: its caller would pay more than for a call).
    """
    phone = phone_normalised(number)
    if not may_get_codes(phone):
        raise AddressInvalid("phone_not_callable")
    texted = is_mobile(phone) or not has_courier(ChannelCode.VOICE)
    kind = ChannelCode.SMS if texted else ChannelCode.VOICE
    return contact_at(kind=kind, address=phone, locale=locale)


@transaction.atomic
def code_request(
    *,
    contact_point: ContactPoint,
    purpose: CodePurpose,
    requester: str,
    asked_from: ContactPoint | None = None,
    request_key: str | None = None,
) -> uuid.UUID:
    """Have a new code brought to the contact; returns the number that it is confirmed with.

    ``requester``: who asks, such as an address or a conversation's id; only its keyed digest is
    kept.  ``request_key`` (at most 128 characters): the same key again is the same request.
    Earlier codes of the same purpose and asker end.  ONE transaction holds the code and the job
    that brings it.  Raises ``CodesLimited``, ``CodeUndeliverable``.
    """
    if not has_courier(contact_point.kind):
        raise CodeUndeliverable
    now = timezone.now()
    asker = keyed_digest(domain=_REQUESTER, text=requester)
    lock_for_transaction("one-time-codes")  # the limit of all is exact, and so are the others
    if request_key is not None:
        known = OneTimeCode.objects.filter(request_key=request_key).first()
        if known is not None:
            return known.pk
    _limit(now, contact_point, asker)
    OneTimeCode.objects.filter(
        contact_point=contact_point,
        asked_from=asked_from,
        purpose=purpose,
        requester=asker,
        used_at=None,
        expires_at__gt=now,
    ).update(expires_at=now, code_sealed=None)
    code_id = uuid.uuid4()
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    OneTimeCode.objects.create(
        id=code_id,
        contact_point=contact_point,
        asked_from=asked_from,
        purpose=purpose,
        digest=_digest(code_id, code),
        code_sealed=address_seal(code),
        requester=asker,
        request_key=request_key,
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    queue.enqueue_code(code_id=code_id)
    return code_id


def code_confirm(
    *, code_id: uuid.UUID, code: str, purpose: CodePurpose, requester: str | None = None
) -> Proof:
    """Repeat a code; what that proves.  It works once.

    ``requester``: when given, only whoever asked for it.  The attempt is committed before the
    answer is given, so that a connection cut off in time gains no further try.  Raises
    ``CodeWrong``, ``CodeEnded``.
    """
    with transaction.atomic(durable=True):
        verdict = _attempt(code_id, code, purpose, requester)
    if isinstance(verdict, Proof):
        return verdict
    raise verdict


def code_proved(*, code_id: uuid.UUID, code: str, purpose: CodePurpose) -> Proof | None:
    """What a code proved when it was used, to whoever repeats it within its time; else ``None``.

    It opens nothing again: only so that a confirmation whose answer was lost is heard of.
    """
    row = (
        OneTimeCode.objects.select_related("contact_point", "asked_from")
        .filter(pk=code_id, purpose=purpose, used_at__isnull=False, expires_at__gt=timezone.now())
        .first()
    )
    if row is None or not hmac.compare_digest(bytes(row.digest), _digest(row.pk, _said(code))):
        return None
    return Proof(row.contact_point, row.asked_from, CodePurpose(row.purpose))


def code_bring(*, code_id: uuid.UUID) -> bool:
    """Hand a code to its courier, unless it ended meanwhile; whether it was handed over.

    At least once: a crash between the handing and its record brings the same code again, never
    another one.  Raises ``CourierUnavailable``.
    """
    row = OneTimeCode.objects.select_related("contact_point").get(pk=code_id)
    sealed = row.code_sealed
    if sealed is None or row.used_at is not None or row.expires_at <= timezone.now():
        OneTimeCode.objects.filter(pk=code_id).update(code_sealed=None)
        return False
    contact_point = row.contact_point
    courier_for(contact_point.kind).send(
        contact_point=contact_point,
        code=address_unseal(bytes(sealed)),
        locale=contact_point.locale,
    )
    OneTimeCode.objects.filter(pk=code_id).update(code_sealed=None, handed_at=timezone.now())
    return True


def _attempt(
    code_id: uuid.UUID, code: str, purpose: CodePurpose, requester: str | None
) -> Proof | CodeWrong | CodeEnded:
    row = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .select_related("contact_point", "asked_from")
        .filter(pk=code_id, purpose=purpose)
        .first()
    )
    if row is None or row.used_at is not None or row.expires_at <= timezone.now():
        return CodeEnded()
    if requester is not None and not hmac.compare_digest(
        bytes(row.requester), keyed_digest(domain=_REQUESTER, text=requester)
    ):
        return CodeEnded()
    if row.attempts >= CODE_ATTEMPTS:
        return CodeEnded()
    row.attempts += 1
    if not hmac.compare_digest(bytes(row.digest), _digest(row.pk, _said(code))):
        row.save(update_fields=["attempts"])
        left = CODE_ATTEMPTS - row.attempts
        return CodeWrong(left) if left else CodeEnded()
    row.used_at, row.code_sealed = timezone.now(), None
    row.save(update_fields=["attempts", "used_at", "code_sealed"])
    return Proof(row.contact_point, row.asked_from, CodePurpose(row.purpose))


def _said(code: str) -> str:
    """The digits, however they were written."""
    return "".join(char for char in code if char.isdecimal())


def _digest(code_id: uuid.UUID, code: str) -> bytes:
    return keyed_digest(domain="one-time-code", text=f"{code_id}:{code}")


def _limit(now: datetime, contact_point: ContactPoint, asker: bytes) -> None:
    asked = OneTimeCode.objects.all()
    # One phone, however codes come to it.
    same = asked.filter(contact_point=contact_point)
    if contact_point.kind in NUMBER_KINDS:
        same = asked.filter(
            contact_point__kind__in=NUMBER_KINDS,
            contact_point__key_digest=contact_point.key_digest,
        )
    for rows, limits in (
        (same, PER_CONTACT),
        (asked.filter(requester=asker), PER_REQUESTER),
        (asked, OF_ALL),
    ):
        for limit in limits:
            _within(now, rows, limit)


def _within(now: datetime, rows: QuerySet[OneTimeCode], limit: Limit) -> None:
    times = rows.order_by("-created_at").values_list("created_at", flat=True)
    latest = list(times[: limit.most])
    if len(latest) == limit.most and latest[-1] > now - limit.span:
        raise CodesLimited(int((latest[-1] + limit.span - now).total_seconds()) + 1)
