"""Giving one of two people who use the same contact what is theirs."""

import uuid
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.citizens.errors import ContactUnlinked
from agent_console.citizens.links import contact_share
from agent_console.citizens.models import ContactPoint, Resident
from agent_console.citizens.selectors import residents_same
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report, ReportReward

from .models import CaseMove


@transaction.atomic
def contact_split(
    *,
    contact_point_id: uuid.UUID,
    resident_id: uuid.UUID,
    report_ids: Collection[uuid.UUID],
    booking_ids: Collection[uuid.UUID] = (),
    actor: User,
) -> tuple[Resident, int]:
    """Another person uses the contact too, and these reports and pickups are theirs.

    Returns the new resident and how many reports stayed: one whose reward the wallet has heard of
    keeps its author, so that no point changes hands (a correction does that, by two supervisors).
    Pickups earn nothing, so every one moves.  ONE transaction holds the resident, the link, the
    cases and the record of the moves.  Raises ``ContactUnlinked``.
    """
    contact_point = ContactPoint.objects.select_for_update().get(pk=contact_point_id)
    if not contact_point.links.filter(resident_id=resident_id, ended_at=None).exists():
        raise ContactUnlinked
    resident = contact_share(contact_point_id=contact_point_id, actor=actor)
    same = residents_same(resident_id=resident_id)
    reports = list(
        Report.objects.select_for_update(of=("self",))
        .select_related("resident")
        .filter(pk__in=report_ids, resident__in=same)
    )
    bookings = list(
        Booking.objects.select_for_update(of=("self",))
        .select_related("resident")
        .filter(pk__in=booking_ids, resident__in=same)
    )
    heard = set(
        ReportReward.objects.filter(report__in=reports, reward_id__isnull=False).values_list(
            "report_id", flat=True
        )
    )
    moved = [report for report in reports if report.pk not in heard]
    CaseMove.objects.bulk_create(
        [
            CaseMove(report=report, source=report.resident, target=resident, actor=actor)
            for report in moved
            if report.resident is not None
        ]
        + [
            CaseMove(booking=booking, source=booking.resident, target=resident, actor=actor)
            for booking in bookings
            if booking.resident is not None
        ]
    )
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(resident=resident)
    Report.objects.filter(pk__in=[report.pk for report in moved]).update(resident=resident)
    return resident, len(reports) - len(moved)
