"""Linking another contact to whoever speaks at one, by a code that is brought to the other.

Whoever links a phone can read and spend from it afterwards, so somebody who is known where they
speak proves first that it is them: a caller id is forged more easily than a code is read.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from .addresses import NUMBER_KINDS
from .codes import Proof, code_confirm, code_proved, code_request
from .errors import CodeEnded, LinkConflict, SpeakerUnclear
from .links import contact_link
from .merging import resident_merge
from .models import CodePurpose, ContactPoint, LinkHow, ProofHow, Resident, ResidentMerge
from .recognition import Level, level_require, recognition_give
from .selectors import contact_links, is_dormant, is_shared, number_has_a_past
from .services import resident_of_contact, resident_of_number


class LinkOutcome(StrEnum):
    """What became of a link."""

    LINKED = "linked"
    MERGED = "merged"  # both had a past, which is one from now on
    ALREADY = "already"  # both were one resident's before


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose both contacts are now; ``merge``: both had a past, which is one from now on."""

    resident: Resident
    merge: ResidentMerge | None = None
    outcome: LinkOutcome = LinkOutcome.LINKED


def link_start(
    *,
    asked_from: ContactPoint,
    contact_point: ContactPoint,
    requester: str,
    request_key: str | None,
) -> uuid.UUID:
    """Have a code brought to ``contact_point``, to be repeated at ``asked_from``.

    Raises ``RecognitionNeeded`` (prove first who you are here), ``CodesLimited``,
    ``CodeUndeliverable``.
    """
    _is_themselves(asked_from)
    return code_request(
        contact_point=contact_point,
        purpose=CodePurpose.LINK,
        requester=requester,
        asked_from=asked_from,
        request_key=request_key,
    )


def link_confirm(*, code_id: uuid.UUID, code: str, asked_from: ContactPoint) -> Linked:
    """Both contacts are one resident's, who is recognised at ``asked_from``.

    Where both have a past, the two residents are merged (undoable), unless the contact is shared or
    was not proved for long: then a person decides who is who.  The code is used up by then; the
    rest is ONE transaction, which only a new code repeats after a crash.  Whoever lost the answer
    repeats the code and hears that it is done.  Raises ``CodeWrong``, ``CodeEnded``,
    ``LinkConflict``.
    """
    try:
        proof = code_confirm(code_id=code_id, code=code, purpose=CodePurpose.LINK)
    except CodeEnded:
        return _done_before(code_id, code, asked_from)
    if not _is_asked_from(proof, asked_from):
        raise SpeakerUnclear
    return contacts_join(here=asked_from, other=proof.contact_point)


@transaction.atomic
def link_vouched(*, asked_from: ContactPoint, contact_point: ContactPoint) -> Linked | None:
    """Link a phone that a channel vouches for, such as a Telegram account's own number.

    ``None`` when only a code will do: the channel saw the number when the account was made, and it
    may have a new holder since, so its word opens nothing that somebody has already.  Raises
    ``RecognitionNeeded``.
    """
    ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
    asked_from.refresh_from_db()
    if _is_linked(asked_from, contact_point):
        assert asked_from.resident is not None
        return Linked(asked_from.resident, outcome=LinkOutcome.ALREADY)
    _is_themselves(asked_from)
    if number_has_a_past(contact_point=contact_point):
        return None
    return contacts_join(here=asked_from, other=contact_point, how=LinkHow.VOUCHED)


@transaction.atomic
def contacts_join(
    *, here: ContactPoint, other: ContactPoint, how: LinkHow = LinkHow.CODE
) -> Linked:
    """Make both one resident's; the caller has seen that one person holds both."""
    locked = ContactPoint.objects.select_for_update().filter(pk__in=[here.pk, other.pk])
    found = {one.pk: one for one in locked.order_by("pk")}
    here, other = found[here.pk], found[other.pk]
    if other.resident is None:
        other = _known_by_another_use(other)
    outcome = LinkOutcome.ALREADY if _is_linked(here, other) else LinkOutcome.LINKED
    merge = None
    if other.resident is None:
        resident = resident_of_contact(contact_point_id=here.pk)
    elif here.resident_id in (None, other.resident_id):
        if is_shared(contact_point=other) or is_dormant(contact_point=other):
            raise LinkConflict
        resident = other.resident
    else:
        if any(is_shared(contact_point=one) for one in (here, other)):
            raise LinkConflict
        if is_dormant(contact_point=other):
            raise LinkConflict
        assert here.resident_id is not None
        # Whoever was known by a number lives on: a browser's session ends with the browser.
        merge = resident_merge(kept_id=other.resident.pk, merged_id=here.resident_id, actor=None)
        resident, outcome = merge.kept, LinkOutcome.MERGED
    for contact_point in (here, other):
        contact_link(
            contact_point_id=contact_point.pk,
            resident=resident,
            how=how,
            is_verified=contact_point.pk == other.pk,
        )
    here.refresh_from_db()
    recognition_give(contact_point=here, resident=resident, how=ProofHow.CODE)
    return Linked(resident, merge, outcome)


def _known_by_another_use(contact_point: ContactPoint) -> ContactPoint:
    """Whoever called from the number that is texted now is the same person."""
    known = resident_of_number(contact_point)
    if known is None:
        return contact_point
    uses = ContactPoint.objects.filter(
        kind__in=NUMBER_KINDS, key_digest=contact_point.key_digest, resident=known
    )
    if any(is_shared(contact_point=one) or is_dormant(contact_point=one) for one in uses):
        raise LinkConflict
    contact_link(
        contact_point_id=contact_point.pk,
        resident=known,
        how=LinkHow.SAME_NUMBER,
        is_verified=False,
    )
    contact_point.refresh_from_db()
    return contact_point


def _is_themselves(here: ContactPoint) -> None:
    """Raises ``RecognitionNeeded`` unless nobody has anything to lose where they speak."""
    if here.kind in NUMBER_KINDS:
        # Who calls may be known by the number they text from: that is somebody's too.
        resident_of_contact(contact_point_id=here.pk)
    here.refresh_from_db()
    if here.resident_id is not None:
        level_require(contact_point=here, level=Level.SPENDING)


def _done_before(code_id: uuid.UUID, code: str, asked_from: ContactPoint) -> Linked:
    proof = code_proved(code_id=code_id, code=code, purpose=CodePurpose.LINK)
    asked_from.refresh_from_db()
    if proof is None or not _is_asked_from(proof, asked_from):
        raise CodeEnded
    if not _is_linked(asked_from, proof.contact_point):
        raise CodeEnded
    assert asked_from.resident is not None
    return Linked(asked_from.resident)


def _is_asked_from(proof: Proof, here: ContactPoint) -> bool:
    return proof.asked_from is not None and proof.asked_from.pk == here.pk


def _is_linked(here: ContactPoint, other: ContactPoint) -> bool:
    """Whether both are the resident's who speaks at ``here``."""
    if here.resident_id is None:
        return False
    return contact_links(contact_point=other).filter(resident_id=here.resident_id).exists()
