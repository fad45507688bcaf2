"""One correction as a page asks for it, in Mes données and at a colleague's; and what may be asked.

A form says ``what`` (``language``, ``description``, ``place``, ``contact``), the ``reference`` and
the words.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.selectors import links_of, residents_same
from agent_console.pickups.models import Booking
from agent_console.pickups.workflow import LIVE
from agent_console.reports.models import Report

from .correcting import (
    PLACE_OPEN,
    CorrectionRefused,
    description_correct,
    language_set,
    pickup_contact_correct,
    place_correct,
)
from .models import ActKind
from .recording import act_record

LANGUAGES = ("fr", "en")
_CHARS_MAX = {"description": 2000, "address": 200, "place": 200, "contact": 120}


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """An open report; ``may_move``: its place too."""

    report: Report
    may_move: bool


@dataclass(frozen=True, slots=True)
class Correctable:
    """What of theirs can be corrected now."""

    language: str
    reports: list[ToCorrect]
    pickups: list[Booking]


def correctable_of(*, resident_id: uuid.UUID) -> Correctable:
    """Of all their numbers, the oldest first."""
    same = residents_same(resident_id=resident_id)
    reports = Report.objects.filter(resident__in=same, closed_at=None).order_by("created_at")
    pickups = Booking.objects.filter(
        resident__in=same, state__in=LIVE, slot__day__gte=timezone.localdate()
    )
    link = links_of(resident_id=resident_id).first()
    return Correctable(
        language=link.contact_point.locale if link else LANGUAGES[0],
        reports=[
            ToCorrect(one, one.state in PLACE_OPEN and bool(one.address or one.place))
            for one in reports
        ],
        pickups=list(pickups.select_related("slot").order_by("slot__day")),
    )


@transaction.atomic
def correction_make(
    *,
    resident_id: uuid.UUID,
    said: Mapping[str, str],
    channel: ChannelCode,
    actor: User | None = None,
) -> None:
    """Correct what a form says; ``actor``: the colleague who does it for them.

    ONE transaction holds the correction and the act that says so.  Raises ``CorrectionRefused``,
    also with ``language_invalid``, ``words_invalid`` and ``correction_unknown``.
    """
    reference = said.get("reference", "")
    match said.get("what"):
        case "language":
            _language(resident_id, said.get("language", ""))
        case "description":
            words = _words(said, "description")
            if not words:
                raise CorrectionRefused("words_invalid", "Écrivez la description.")
            description_correct(resident_id=resident_id, reference=reference, description=words)
        case "place":
            place_correct(
                resident_id=resident_id,
                reference=reference,
                address=_words(said, "address"),
                place=_words(said, "place"),
                actor=actor,
            )
        case "contact":
            pickup_contact_correct(
                resident_id=resident_id,
                reference=reference,
                contact=_words(said, "contact"),
                actor=actor,
            )
        case _:
            raise CorrectionRefused("correction_unknown", "Choisissez ce qu’il faut corriger.")
    act_record(resident_id=resident_id, kind=ActKind.CORRECTED, channel=channel, actor=actor)


def refusal_status(refusal: CorrectionRefused) -> int:
    """The HTTP status of a refusal: not theirs, not a correction, or not any more."""
    if refusal.code in ("report_unknown", "pickup_unknown"):
        return 404
    if refusal.code in ("language_invalid", "words_invalid", "place_missing", "correction_unknown"):
        return 422
    return 409


def _language(resident_id: uuid.UUID, language: str) -> None:
    if language not in LANGUAGES:
        raise CorrectionRefused("language_invalid", "Choisissez une langue.")
    for link in links_of(resident_id=resident_id):
        language_set(contact_point_id=link.contact_point_id, language=language)


def _words(said: Mapping[str, str], name: str) -> str:
    words = said.get(name, "").replace("\0", "").strip()
    most = _CHARS_MAX[name]
    if len(words) > most:
        raise CorrectionRefused("words_invalid", f"Écrivez {most} caractères au plus.")
    return words
