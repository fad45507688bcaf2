"""Who calls from a number that several people share: they are asked, and one of them is chosen.

Before that is known, nobody's cases or points are shown: of each person only what lets the caller
be recognised, since when they are known and what they last asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.citizens.links import contact_link, contact_share
from agent_console.citizens.models import ContactLink, ContactPoint, LinkHow, Resident
from agent_console.citizens.selectors import resident_current, residents_same
from agent_console.citizens.services import resident_of_contact
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report

from .errors import SpeakerUnclear
from .models import Call

type People = dict[uuid.UUID, Resident]


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Somebody who uses the number; ``what`` they last asked for and when, nothing if nothing."""

    resident: Resident
    what: str = ""
    at: datetime | None = None


def points_of(call: Call) -> QuerySet[ContactPoint]:
    """Every use of the call's number."""
    digest = bytes(call.number_digest or b"")
    return ContactPoint.objects.filter(kind__in=NUMBER_KINDS, key_digest=digest)


def people_at(points: Iterable[ContactPoint]) -> People:
    """Who uses the number now, the longest known there first."""
    links = ContactLink.objects.filter(contact_point__in=points, ended_at=None)
    return {one.resident_id: one.resident for one in links.select_related("resident")}


def speakers_of(people: People) -> list[Speaker]:
    """What may be shown of them."""
    return [_speaker(one) for one in people.values()]


def speaker_chosen(*, call: Call, people: People) -> Resident | None:
    """Whom the agent chose, as long as they use the number; whom they are after a merge."""
    if call.speaker_id is None:
        return None
    return people.get(resident_current(resident_id=call.speaker_id).pk)


def speaker_settle(*, call: Call, contact: ContactPoint, actor: User) -> Resident:
    """Who makes the request, linked to ``contact``; part of the CALLER's transaction.

    Somebody else than those who are known becomes a resident here, and stays who speaks during
    this call.  Raises ``SpeakerUnclear``.
    """
    people = people_at(points_of(call))
    if len(people) < 2:
        return resident_of_contact(contact_point_id=contact.pk)
    if call.speaker_is_new:
        newcomer = contact_share(contact_point_id=contact.pk, actor=actor)
        call.speaker, call.speaker_is_new = newcomer, False
        call.save(update_fields=["speaker", "speaker_is_new"])
        return newcomer
    resident = speaker_chosen(call=call, people=people)
    if resident is None:
        raise SpeakerUnclear
    speaks_at(contact=contact, resident=resident, actor=actor)
    return resident


def speaks_at(*, contact: ContactPoint, resident: Resident, actor: User) -> None:
    """Who speaks at a use of their number; part of the CALLER's transaction."""
    contact_link(
        contact_point_id=contact.pk,
        resident=resident,
        how=LinkHow.SAME_NUMBER,
        is_verified=False,
        actor=actor,
    )


def _speaker(resident: Resident) -> Speaker:
    same = residents_same(resident_id=resident.pk)
    reports = Report.objects.filter(resident__in=same).select_related("category")
    report = reports.order_by("-created_at").first()
    booking = Booking.objects.filter(resident__in=same).order_by("-created_at").first()
    if booking is not None and (report is None or report.created_at < booking.created_at):
        return Speaker(resident=resident, what="Encombrants", at=booking.created_at)
    if report is not None:
        return Speaker(resident=resident, what=report.category.label_fr, at=report.created_at)
    return Speaker(resident=resident)
