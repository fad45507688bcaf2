"""What somebody at a contact may see and do, by what they proved and how long ago.

A number shows its open cases: it can be forged, and what is shown is what was said there.  Points
are read after a code and spent after a fresh code or the PIN.
"""

import uuid
from datetime import datetime, timedelta
from enum import IntEnum

from django.db import transaction
from django.utils import timezone

from .addresses import NUMBER_KINDS
from .codes import Proof, code_confirm
from .errors import RecognitionNeeded, SpeakerUnclear
from .models import ChannelCode, CodePurpose, ContactPoint, ProofHow, Recognition, Resident
from .pins import pin_check, pin_is_set
from .selectors import contact_links, links_of
from .services import resident_of_contact


class Level(IntEnum):
    """What somebody may do; each includes those below."""

    NOBODY = 0  # nobody is known here
    CASES = 1  # their open cases
    POINTS = 2  # read points
    SPENDING = 3  # spend points


# Known by a secret of their own (a session's 256 bits, a chat account), unlike a number, which can
# be forged.  They are proof enough for what was earned there, until a phone is linked to ask.
_SECRETS = frozenset({ChannelCode.WEB, ChannelCode.TELEGRAM})

# How long a proof opens what.
LASTS: dict[ProofHow, dict[Level, timedelta]] = {
    ProofHow.CODE: {
        Level.POINTS: timedelta(minutes=30),
        Level.SPENDING: timedelta(minutes=10),
    },
    ProofHow.PIN: {
        Level.POINTS: timedelta(minutes=30),
        Level.SPENDING: timedelta(minutes=10),
    },
}


def level_after(*, how: ProofHow, at: datetime, now: datetime) -> Level:
    """What a proof given ``at`` still opens ``now``."""
    open_levels = [level for level, lasts in LASTS[how].items() if now < at + lasts]
    return max(open_levels, default=Level.CASES)


def level_at(*, contact_point: ContactPoint) -> Level:
    """What whoever speaks at the contact may do now."""
    resident_id = contact_point.resident_id
    if resident_id is None:
        return Level.NOBODY
    if contact_point.kind in _SECRETS and not _has_phone(resident_id):
        return Level.SPENDING
    now = timezone.now()
    longest = max(span for spans in LASTS.values() for span in spans.values())
    proofs = Recognition.objects.filter(
        contact_point=contact_point, resident_id=resident_id, ended_at=None, at__gt=now - longest
    )
    levels = [
        level_after(how=ProofHow(how), at=at, now=now)
        for how, at in proofs.values_list("how", "at")
    ]
    return max(levels, default=Level.CASES)


def _has_phone(resident_id: uuid.UUID) -> bool:
    return links_of(resident_id=resident_id).filter(contact_point__kind__in=NUMBER_KINDS).exists()


def level_require(*, contact_point: ContactPoint, level: Level) -> Resident:
    """The resident who speaks at the contact and may do this.

    Raises ``RecognitionNeeded`` with the ways to prove more (``SpeakerUnclear`` when nobody is
    known there).
    """
    resident = contact_point.resident
    if resident is None:
        raise SpeakerUnclear
    if level_at(contact_point=contact_point) < level:
        raise RecognitionNeeded(ways_of(resident=resident))
    return resident


def ways_of(*, resident: Resident) -> tuple[str, ...]:
    """How this resident can prove more."""
    has_pin = pin_is_set(resident_id=resident.pk)
    return (ProofHow.CODE.value, ProofHow.PIN.value) if has_pin else (ProofHow.CODE.value,)


def recognise_by_code(*, code_id: uuid.UUID, code: str, contact_point: ContactPoint) -> Resident:
    """Somebody at ``contact_point`` repeats a code that was brought to one of the resident's.

    Raises ``CodeWrong``, ``CodeEnded``, ``SpeakerUnclear``.
    """
    proof = code_confirm(code_id=code_id, code=code, purpose=CodePurpose.RECOGNISE)
    resident = contact_point.resident
    if resident is None and _is_same_number(proof.contact_point, contact_point):
        # They hold the number that they speak from, and nobody was known there yet.
        resident = resident_of_contact(contact_point_id=contact_point.pk)
    if resident is None or not _is_theirs(proof, contact_point, resident):
        raise SpeakerUnclear
    recognition_give(contact_point=contact_point, resident=resident, how=ProofHow.CODE)
    return resident


def recognise_by_pin(*, contact_point: ContactPoint, pin: str) -> Resident:
    """Whoever speaks at the contact says the PIN.

    Raises ``SpeakerUnclear`` (nobody is known there), ``PinUnset``, ``PinWrong``, ``PinLocked``.
    """
    resident = contact_point.resident
    if resident is None:
        raise SpeakerUnclear
    pin_check(resident_id=resident.pk, pin=pin)
    recognition_give(contact_point=contact_point, resident=resident, how=ProofHow.PIN)
    return resident


@transaction.atomic
def recognition_give(*, contact_point: ContactPoint, resident: Resident, how: ProofHow) -> None:
    """Record a proof; the caller has seen it."""
    Recognition.objects.create(
        contact_point=contact_point, resident=resident, how=how, at=timezone.now()
    )


@transaction.atomic
def recognition_end(*, contact_point: ContactPoint) -> None:
    """Forget what was proved at a contact: "that is all", or a hung-up call."""
    Recognition.objects.filter(contact_point=contact_point, ended_at=None).update(
        ended_at=timezone.now()
    )


def _is_theirs(proof: Proof, contact_point: ContactPoint, resident: Resident) -> bool:
    """The code was asked for from here (or brought here), to a contact of the resident's."""
    here = proof.asked_from or proof.contact_point
    proved = proof.contact_point
    if here.pk != contact_point.pk:
        return False
    if _is_same_number(proved, contact_point):
        return True  # one number, texted while it calls
    return contact_links(contact_point=proved).filter(resident=resident).exists()


def _is_same_number(one: ContactPoint, other: ContactPoint) -> bool:
    is_number = {one.kind, other.kind} <= NUMBER_KINDS
    return is_number and bytes(one.key_digest) == bytes(other.key_digest)
