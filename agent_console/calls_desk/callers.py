"""Who calls: what a number tells, without a name, and without touching anything."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from agent_console.citizens.addresses import address_unseal, is_mobile
from agent_console.citizens.consents import Wish, consent_of_same
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode, ContactLink, Resident
from agent_console.citizens.numbers import readable
from agent_console.citizens.selectors import residents_same
from agent_console.conversations.models import Conversation, Message
from agent_console.pickups.models import Booking
from agent_console.pickups.workflow import LIVE
from agent_console.reports.models import Report

from .models import Call
from .speakers import Speaker, people_at, points_of, speaker_chosen, speakers_of

SHOWN = 5
_LANGUAGES = {"fr": "français", "en": "anglais"}


@dataclass(frozen=True)
class LastConversation:
    """A conversation of the caller on one channel, with its newest words."""

    conversation: Conversation
    text: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever calls; without a resident nobody knows them yet.

    ``speakers``: who shares the number, if several do; ``resident`` is then whom the agent chose,
    ``is_new`` that it is none of them.  ``open_reports`` counts all, ``reports`` holds the newest
    few, open ones first.
    """

    resident: Resident | None = None
    speakers: list[Speaker] = field(default_factory=list)
    is_new: bool = False
    number: str = ""
    is_mobile: bool = False
    opted_out: bool = False
    locale: str = "fr"
    open_reports: int = 0
    reports: list[Report] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    conversations: list[LastConversation] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    wish: Wish = Wish.UNASKED

    @property
    def is_known(self) -> bool:
        """Whether anything is known of them."""
        return bool(self.resident or self.calls or self.speakers)

    @property
    def is_unclear(self) -> bool:
        """Whether to ask who of several people is calling."""
        return bool(self.speakers) and self.resident is None and not self.is_new

    @property
    def language(self) -> str:
        """The language that they are spoken to in."""
        return _LANGUAGES.get(self.locale[:2], self.locale)

    @property
    def number_shown(self) -> str:
        """The number as people read it."""
        return readable(self.number) if self.number else ""


def number_of(call: Call) -> str:
    """The call's number in E.164; empty when there is none, or its key is gone."""
    if call.number_sealed is None:
        return ""
    try:
        return address_unseal(bytes(call.number_sealed))
    except AddressInvalid:
        return ""


def caller_of(call: Call) -> Caller:
    """What is known of who calls: at most eleven queries, whatever they did (a test counts).

    A number that several people share takes four more for each of them.
    """
    number = number_of(call)
    if not number:
        return Caller()
    points = list(points_of(call).select_related("resident"))
    people = people_at(points)
    is_shared = len(people) > 1
    if is_shared:
        resident = speaker_chosen(call=call, people=people)
    else:
        resident = next((one.resident for one in points if one.resident is not None), None)
    locale = points[0].locale if points else "fr"
    before = Call.objects.filter(number_digest=call.number_digest).exclude(pk=call.pk)
    caller = Caller(
        number=number,
        is_mobile=is_mobile(number),
        opted_out=any(point.opted_out_at for point in points if point.kind == ChannelCode.SMS),
        speakers=speakers_of(people) if is_shared else [],
        is_new=is_shared and call.speaker_is_new,
        calls=list(before.order_by("-started_at")[:SHOWN]),
        locale=locale,
    )
    if resident is None:
        return caller
    same = residents_same(resident_id=resident.pk)
    conversations = _conversations(same)
    if conversations:
        locale = conversations[0].conversation.locale
    made = Report.objects.filter(
        Q(resident__in=same) | Q(conversation__in=[one.conversation for one in conversations])
    )
    still_open = made.filter(closed_at=None)
    recent = still_open.select_related("category", "commune").order_by("-created_at")
    return replace(
        caller,
        resident=resident,
        locale=locale,
        open_reports=still_open.count(),
        reports=list(recent[:SHOWN]),
        bookings=_bookings(same),
        conversations=conversations,
        wish=consent_of_same(same).wish,
    )


def _bookings(same: frozenset[uuid.UUID]) -> list[Booking]:
    live = Booking.objects.filter(resident__in=same, state__in=LIVE)
    return list(live.select_related("slot", "commune").order_by("slot__day")[:SHOWN])


def _conversations(same: frozenset[uuid.UUID]) -> list[LastConversation]:
    """On every channel, the latest first."""
    newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-seq")
    contacts = ContactLink.objects.filter(resident__in=same, ended_at=None)
    found = (
        Conversation.objects.filter(
            contact_point__in=contacts.values("contact_point"), last_seq__gt=0
        )
        .annotate(last_text=Subquery(newest.values("text")[:1]))
        .order_by("-last_message_at")
    )
    return [
        LastConversation(one, one.last_text or "", one.last_message_at) for one in found[:SHOWN]
    ]
