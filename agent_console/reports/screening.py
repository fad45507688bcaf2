"""Reads a report's words once and hides who they name."""

import uuid

from django.db import transaction

from agent_console.masking.spans import Kind
from agent_console.masking.text import masked

from .models import Report, ReportScreening

REFUSAL_CODE = "names_a_person"
_PLACE_CHARS_MAX = Report._meta.get_field("place").max_length


def report_screen(*, report_id: uuid.UUID) -> ReportScreening:
    """Hide people, plates and contact details in what a report says; the first reading stands.

    The language model works before the transaction begins: it takes 10 ms, and seconds the first
    time.  ONE transaction then keeps the words as they were sent and puts the masked ones in their
    place, under the report's lock: a crash leaves both or neither, and the job runs again.
    """
    known = ReportScreening.objects.filter(report_id=report_id).first()
    if known is not None:
        return known
    before = Report.objects.only("description", "place").get(pk=report_id)
    description, place = masked(before.description), masked(before.place)
    kinds: frozenset[Kind] = description.kinds | place.kinds
    with transaction.atomic():
        report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
        screening, is_new = ReportScreening.objects.get_or_create(
            report=report,
            defaults={
                "kinds": sorted(kinds),
                "names_somebody": description.names_somebody or place.names_somebody,
                "description": before.description if description.spans else "",
                "place": before.place if place.spans else "",
            },
        )
        if is_new and kinds:
            report.description = description.text
            report.place = place.text[:_PLACE_CHARS_MAX]
            report.save(update_fields=["description", "place"])
    return screening
