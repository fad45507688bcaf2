"""Writes about calls and drafts.  Each public function is one transaction.

Nothing typed is lost: every pause in typing is committed here, so that a reload, a lost connection
or a crash costs what was typed since, which the page itself keeps until it is saved.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from agent_console.calls.models import Call as Line
from agent_console.calls.talk_times import talk_times
from agent_console.citizens.addresses import address_digest, address_seal, phone_normalised
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_address

from .errors import DraftClosed, DraftStale, DraftTooLong, NotOnTheLine, SpeakerUnclear
from .models import Call, Draft, DraftState, NumberKind, WrapCode
from .speakers import people_at, points_of

BYTES_MAX = 32 * 1024
# How long what was discarded can be taken back, and how long a draft waits for somebody.
UNDO_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)


@transaction.atomic
def call_open(*, agent: User, kind: NumberKind, number: str = "") -> Call:
    """A call begins, with an empty draft.  Raises ``AddressInvalid`` for what is no number."""
    call = Call(agent=agent, number_kind=kind, started_at=timezone.now())
    if kind == NumberKind.GIVEN:
        _number(call, number)
    call.save()
    Draft.objects.create(call=call)
    return call


@transaction.atomic
def call_open_of_line(*, agent: User, line: Line) -> Call:
    """The page of a telephone call that this colleague answered; opened again, it is the same.

    Raises ``NotOnTheLine`` for somebody else's.
    """
    times = talk_times(call=line, agent=agent, now=timezone.now())
    if times is None:
        raise NotOnTheLine
    known = Call.objects.filter(line=line, agent=agent).first()
    if known is not None:
        return known
    call = Call(agent=agent, line=line, number_kind=NumberKind.WITHHELD, started_at=times.began_at)
    number = _number_of(line)
    if number:
        _number(call, number)
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError:  # pressed twice at once
        return Call.objects.get(line=line, agent=agent)
    Draft.objects.create(call=call)
    return call


@transaction.atomic
def call_number_set(*, call_id: uuid.UUID, number: str) -> Call:
    """The caller says their number during the call.  Raises ``AddressInvalid``."""
    call = Call.objects.select_for_update().get(pk=call_id)
    _number(call, number)
    call.speaker, call.speaker_is_new = None, False
    call.save()
    return call


@transaction.atomic
def call_speaker_set(*, call_id: uuid.UUID, resident_id: uuid.UUID | None) -> Call:
    """Who of those who share the number is calling; ``None``: somebody else.

    Nothing of theirs changes before the first request.  Raises ``SpeakerUnclear`` for somebody who
    does not use the number.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    people = people_at(points_of(call))
    if resident_id is not None and resident_id not in people:
        raise SpeakerUnclear
    call.speaker = people[resident_id] if resident_id else None
    call.speaker_is_new = resident_id is None
    call.save(update_fields=["speaker", "speaker_is_new"])
    return call


@transaction.atomic
def call_talk_end(*, call_id: uuid.UUID) -> Call:
    """They hung up; again, it changes nothing."""
    call = _call_locked(call_id)
    if call.talked_until is None:
        call.talked_until = _talk_ended_at(call)
        call.save(update_fields=["talked_until"])
    return call


@transaction.atomic
def call_wrap(*, call_id: uuid.UUID, code: WrapCode, note: str) -> Call:
    """The work after the talk is done too; drafts with nothing in them go."""
    call = _call_locked(call_id)
    now = timezone.now()
    call.talked_until = call.talked_until or _talk_ended_at(call)
    call.ended_at = call.ended_at or now
    call.wrap_code, call.note = code, note.strip()
    call.save(update_fields=["talked_until", "ended_at", "wrap_code", "note"])
    call.drafts.filter(state=DraftState.OPEN, version=0).delete()
    return call


@transaction.atomic
def draft_add(*, call_id: uuid.UUID) -> Draft:
    """Another request of the same caller, or the one that is open."""
    call = Call.objects.select_for_update().get(pk=call_id)
    found = call.drafts.filter(state=DraftState.OPEN).first()
    return found or Draft.objects.create(call=call)


@transaction.atomic
def draft_save(*, draft_id: uuid.UUID, fields: Mapping[str, Sequence[str]], version: int) -> Draft:
    """Keep what is typed; ``version`` is the one that the page has.

    The same content again is the same version: a save whose answer was lost is simply repeated.
    Raises ``DraftClosed``, ``DraftStale``, ``DraftTooLong``.
    """
    draft = _locked(draft_id)
    kept = {name: list(values) for name, values in fields.items()}
    if draft.fields == kept:
        return draft
    if draft.version != version:
        raise DraftStale
    if len(json.dumps(kept).encode()) > BYTES_MAX:
        raise DraftTooLong
    draft.fields = kept
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.save(update_fields=["fields", "version", "saved_at"])
    return draft


@transaction.atomic
def draft_discard(*, draft_id: uuid.UUID) -> Draft:
    """Put it away; ``draft_restore`` takes it back for a day."""
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state == DraftState.SENT:
        raise DraftClosed
    if draft.state == DraftState.OPEN:
        draft.state, draft.closed_at = DraftState.DISCARDED, timezone.now()
        draft.save(update_fields=["state", "closed_at"])
    return draft


@transaction.atomic
def draft_restore(*, draft_id: uuid.UUID) -> Draft:
    """Undo that; the call's empty draft makes room.  Raises ``DraftClosed`` when it was sent."""
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state == DraftState.SENT:
        raise DraftClosed
    draft.state, draft.closed_at = DraftState.OPEN, None
    draft.save(update_fields=["state", "closed_at"])
    draft.call.drafts.filter(state=DraftState.OPEN, version=0).exclude(pk=draft.pk).delete()
    return draft


@transaction.atomic
def drafts_purge(*, now: datetime) -> int:
    """Remove what was discarded a day ago and what nobody touched for 30 days; how many."""
    gone, _ = Draft.objects.filter(
        state=DraftState.DISCARDED, closed_at__lt=now - UNDO_FOR
    ).delete()
    left, _ = Draft.objects.filter(state=DraftState.OPEN, saved_at__lt=now - KEPT_FOR).delete()
    return gone + left


def calls_known() -> QuerySet[Call]:
    """Calls that still say who called, or something about them."""
    return Call.objects.exclude(number_kind=NumberKind.UNKNOWN, note="")


def calls_forget(calls: QuerySet[Call]) -> int:
    """Forget who called and what was noted, in the CALLER's transaction; how many calls.

    What is left says when somebody called and why, as of a number that nobody knows.
    """
    known = calls.filter(pk__in=calls_known())
    Draft.objects.filter(call__in=known).exclude(state=DraftState.SENT).delete()
    Draft.objects.filter(call__in=known).update(fields={})
    return known.update(
        line=None,
        number_kind=NumberKind.UNKNOWN,
        number_sealed=None,
        number_digest=None,
        note="",
        speaker=None,
        speaker_is_new=False,
    )


def speakers_forget(resident_ids: frozenset[uuid.UUID]) -> None:
    """Nobody says any more that they called from a number that others use too; in the CALLER's
    transaction."""
    Call.objects.filter(speaker__in=resident_ids).update(speaker=None)


def _talk_ended_at(call: Call) -> datetime:
    """What the telephone wrote down; where it knows nothing, now."""
    now = timezone.now()
    times = talk_times(call=call.line, agent=call.agent, now=now) if call.line else None
    return times.ended_at or now if times else now


def _number_of(line: Line) -> str | None:
    try:
        return contact_address(line.conversation.contact_point)
    except AddressInvalid:  # sealed with a key that is gone
        return None


def _call_locked(call_id: uuid.UUID) -> Call:
    found = Call.objects.select_for_update(of=("self",)).select_related("line", "agent")
    return found.get(pk=call_id)


def _number(call: Call, number: str) -> None:
    normalised = phone_normalised(number)
    call.number_kind = NumberKind.GIVEN
    call.number_sealed = address_seal(normalised)
    call.number_digest = address_digest(kind=ChannelCode.PHONE, address=normalised)


def _locked(draft_id: uuid.UUID) -> Draft:
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state != DraftState.OPEN:
        raise DraftClosed
    return draft
