"""What a person may set right by themselves, or a colleague for them.

Histories say that something was corrected, by whom and when, never the words: those of before are
forgotten.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.selectors import residents_same
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import Booking
from agent_console.pickups.services.steps import booking_contact_set
from agent_console.references import parse_reference
from agent_console.reports.announcing import announce_report
from agent_console.reports.models import Report, ReportScreening, Transition
from agent_console.reports.queue import enqueue_locating, enqueue_screening
from agent_console.reports.workflow import State

# Afterwards a crew may be on its way to where they said.
PLACE_OPEN = frozenset({State.RECEIVED, State.QUALIFIED, State.ASSIGNED})
_PLACE_CORRECTED = "Lieu corrigé à la demande du citoyen"


class CorrectionRefused(Exception):
    """``code``: ``report_unknown`` (or not theirs), ``report_closed``, ``report_started``,
    ``place_missing``, ``pickup_unknown`` (or not theirs), ``pickup_over``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


@transaction.atomic
def language_set(*, contact_point_id: uuid.UUID, language: str) -> None:
    """The language in which a contact is spoken to: ``fr`` or ``en``."""
    contact = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    contact.locale = language
    contact.save(update_fields=["locale"])


@transaction.atomic
def description_correct(*, resident_id: uuid.UUID, reference: str, description: str) -> None:
    """Other words for an open report; they are read for names anew, the first ones are forgotten.

    ONE transaction holds the words, the forgotten reading and the job of the new one.  Raises
    ``CorrectionRefused``.
    """
    report = _report_locked(resident_id, reference)
    ReportScreening.objects.filter(report=report).delete()
    report.description = description.strip()
    report.save(update_fields=["description"])
    enqueue_screening(report_id=report.pk)


@transaction.atomic
def place_correct(
    *, resident_id: uuid.UUID, reference: str, address: str, place: str, actor: User | None = None
) -> None:
    """Another address or landmark in the same commune, while nobody works there yet.

    ONE transaction holds the words, the step in the report's history, the forgotten reading and
    the jobs that read and locate it anew: with another address the position is looked for again.
    Raises ``CorrectionRefused``.
    """
    report = _report_locked(resident_id, reference)
    if report.state not in PLACE_OPEN:
        raise CorrectionRefused("report_started", "L’intervention a déjà commencé.")
    address, place = address.strip(), place.strip()
    if not (address or place):
        raise CorrectionRefused("place_missing", "Écrivez l’adresse, ou une précision sur le lieu.")
    if (address, place) == (report.address, report.place):
        return
    if address != report.address and report.commune_id is not None:
        report.latitude = report.longitude = None
        enqueue_locating(report_id=report.pk)
    ReportScreening.objects.filter(report=report).delete()
    report.address, report.place = address, place
    report.save(update_fields=["address", "place", "latitude", "longitude"])
    Transition.objects.create(
        report=report,
        from_state=report.state,
        to_state=report.state,
        action="correct_place",
        reason=_PLACE_CORRECTED,
        actor=actor,
    )
    enqueue_screening(report_id=report.pk)
    announce_report(report)


@transaction.atomic
def pickup_contact_correct(
    *, resident_id: uuid.UUID, reference: str, contact: str, actor: User | None = None
) -> None:
    """Whom the crew asks for at a pickup that is still to come; empty: nobody.

    ONE transaction holds the words and the step in the pickup's history.  Raises
    ``CorrectionRefused``.
    """
    booking = Booking.objects.filter(
        reference=parse_reference(reference) or "",
        resident__in=residents_same(resident_id=resident_id),
    ).first()
    if booking is None:
        raise CorrectionRefused("pickup_unknown", "Ce rendez-vous n’est pas parmi les vôtres.")
    try:
        booking_contact_set(booking_id=booking.pk, contact=contact, actor=actor)
    except PickupError as refusal:
        raise CorrectionRefused("pickup_over", refusal.message) from refusal


def _report_locked(resident_id: uuid.UUID, reference: str) -> Report:
    report = (
        Report.objects.select_for_update(of=("self",))
        .filter(
            reference=parse_reference(reference) or "",
            resident__in=residents_same(resident_id=resident_id),
        )
        .first()
    )
    if report is None:
        raise CorrectionRefused("report_unknown", "Ce signalement n’est pas parmi les vôtres.")
    if report.closed_at is not None:
        raise CorrectionRefused("report_closed", "Ce signalement est fermé.")
    return report
