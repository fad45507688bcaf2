"""What a draft becomes: a report, a supporter, a pickup.  Each public function is one transaction.

The draft's row is locked and says what it became, so a form that is sent twice, or again after a
crash, finds the first result.  One transaction holds the case, the caller's contact, what they
agreed to, and the SMS that confirms it (an outbox row: a crash loses neither or both).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.citizens.addresses import is_mobile
from agent_console.citizens.couriers import has_courier
from agent_console.citizens.models import ChannelCode, ContactPoint, Resident
from agent_console.citizens.services import contact_at
from agent_console.conversations.models import Conversation
from agent_console.conversations.outgoing import conversation_locked
from agent_console.conversations.services import notice_send
from agent_console.pickups.addresses import label_address
from agent_console.pickups.models import Booking
from agent_console.pickups.services.bookings import booking_create
from agent_console.places.models import Commune
from agent_console.reports.intake import Intake
from agent_console.reports.models import OnBehalf, Report
from agent_console.reports.receipts import receipt_address
from agent_console.reports.services import report_create
from agent_console.reports.supporters import report_support

from .callers import number_of
from .errors import DraftClosed
from .models import Call, Draft, DraftState
from .speakers import speaker_settle, speaks_at
from .wishes import wish_record


@dataclass(frozen=True)
class Agreed:
    """What the caller said; ``wallet`` is ``None`` where it was not asked or not answered."""

    sms: bool = False
    wallet: bool | None = None


@dataclass(frozen=True)
class Pickup:
    """A pickup as it was read back to the caller; ``items`` are codes and counts."""

    commune: Commune
    address: str
    place: str
    items: list[tuple[str, int]]
    slot_id: int


@dataclass(frozen=True)
class _Speaker:
    """Who calls, as far as they are known: ``conversation`` is their SMS's, if they want one."""

    resident: Resident | None = None
    conversation: Conversation | None = None


@transaction.atomic
def report_send(*, draft_id: uuid.UUID, actor: User, intake: Intake, agreed: Agreed) -> Draft:
    """The draft becomes a report.

    Points come only to a caller who wants them, for their own report: what is reported for somebody
    else is theirs, and they are not there to be asked.  Raises ``DraftClosed``,
    ``SpeakerUnclear`` and what ``report_create`` raises.
    """
    draft = _locked(draft_id)
    if draft.state == DraftState.SENT:
        return draft
    speaker = _speaker(draft.call, actor, agreed)
    is_own = intake.on_behalf == OnBehalf.SELF
    report = report_create(
        intake_key=f"call:{draft.pk}",
        intake=replace(
            intake,
            channel=ChannelCode.PHONE,
            conversation=speaker.conversation,
            resident=speaker.resident if is_own else None,
        ),
    )
    draft.report = report
    return _sent(draft, speaker, _report_words(report), "report")


@transaction.atomic
def support_send(*, draft_id: uuid.UUID, actor: User, report: Report, agreed: Agreed) -> Draft:
    """The caller is counted with a report that is there.

    Without an SMS nobody can be told of its steps, so they are counted as an unknown caller.
    Raises ``DraftClosed``, ``SpeakerUnclear``, ``OwnReport``, ``ReportClosed``,
    ``SupportConflict``.
    """
    draft = _locked(draft_id)
    if draft.state == DraftState.SENT:
        return draft
    speaker = _speaker(draft.call, actor, agreed)
    report_support(
        report=report,
        key=f"call:{draft.pk}",
        conversation=speaker.conversation,
        channel=ChannelCode.PHONE,
        actor=actor,
    )
    draft.report, draft.is_attached = report, True
    return _sent(draft, speaker, _report_words(report), "support")


@transaction.atomic
def pickup_send(*, draft_id: uuid.UUID, actor: User, pickup: Pickup, agreed: Agreed) -> Draft:
    """The draft becomes a pickup, which earns nothing; the caller's answer about points is kept.

    Raises ``DraftClosed``, ``SpeakerUnclear`` and what ``booking_create`` raises.
    """
    draft = _locked(draft_id)
    if draft.state == DraftState.SENT:
        return draft
    speaker = _speaker(draft.call, actor, agreed)
    booking = booking_create(
        intake_key=f"call:{draft.pk}",
        commune=pickup.commune,
        address=pickup.address,
        place=pickup.place,
        items=pickup.items,
        slot_id=pickup.slot_id,
        channel=ChannelCode.PHONE,
        conversation=speaker.conversation,
        resident=speaker.resident,
        contact=number_of(draft.call) or f"appel {draft.pk}",
        actor=actor,
    )
    draft.booking = booking
    return _sent(draft, speaker, _pickup_words(booking), "pickup")


def sms_is_on() -> bool:
    """Whether this installation sends text messages."""
    return has_courier(ChannelCode.SMS)


def _speaker(call: Call, actor: User, agreed: Agreed) -> _Speaker:
    number = number_of(call)
    if not number:
        return _Speaker()
    contact = contact_at(kind=ChannelCode.PHONE, address=number)
    resident = speaker_settle(call=call, contact=contact, actor=actor)
    if agreed.wallet is not None:
        wish_record(resident=resident, agrees=agreed.wallet, call=call, actor=actor)
    conversation = None
    if agreed.sms and is_mobile(number) and sms_is_on():
        conversation = _sms_conversation(number, contact.locale, resident, actor)
    return _Speaker(resident, conversation)


def _sms_conversation(
    number: str, locale: str, resident: Resident, actor: User
) -> Conversation | None:
    """Where texts go, and answers come from the same person; none for a number that said STOP."""
    point: ContactPoint = contact_at(kind=ChannelCode.SMS, address=number, locale=locale)
    if point.opted_out_at is not None:
        return None
    speaks_at(contact=point, resident=resident, actor=actor)
    return conversation_locked(point)


def _sent(draft: Draft, speaker: _Speaker, words: dict[str, str], template: str) -> Draft:
    if speaker.conversation is not None:
        locale = "en" if speaker.conversation.locale.startswith("en") else "fr"
        notice_send(
            conversation_id=speaker.conversation.pk,
            cause=f"call:{draft.pk}",
            text=render_to_string(f"calls_desk/sms/{locale}/{template}.txt", words).strip(),
            is_urgent=True,  # they are on the phone and have just asked for it
        )
    draft.is_confirmed_by_sms = speaker.conversation is not None
    draft.state, draft.closed_at, draft.fields = DraftState.SENT, timezone.now(), {}
    draft.save()
    return draft


def _report_words(report: Report) -> dict[str, str]:
    return {
        "reference": report.reference_display,
        "what": report.category.label_fr,
        "what_en": report.category.label_en,
        "address": receipt_address(report),
    }


def _pickup_words(booking: Booking) -> dict[str, str]:
    return {
        "reference": booking.reference_display,
        "day": f"{booking.slot.day:%d/%m/%Y}",
        "address": label_address(booking),
    }


def _locked(draft_id: uuid.UUID) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).select_related("call").get(pk=draft_id)
    if draft.state == DraftState.DISCARDED:
        raise DraftClosed
    return draft
