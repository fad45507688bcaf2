"""Reads a report's words once and hides who they name."""

import uuid

from django.db import transaction

from agent_console.masking.text import Masked, masked, masked_by_rules

from .models import QuestionKind, Report, ReportScreening

REFUSAL_CODE = "names_a_person"
_ANSWER = "answer:"
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
    before = Report.objects.select_related("category").get(pk=report_id)
    read = _read(before)
    kinds = frozenset(kind for masks in read.values() for kind in masks.kinds)
    with transaction.atomic():
        report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
        screening, is_new = ReportScreening.objects.get_or_create(
            report=report,
            defaults={
                "kinds": sorted(kinds),
                "names_somebody": any(masks.names_somebody for masks in read.values()),
                **_originals(before, read),
            },
        )
        if is_new and kinds:
            _show_masked(report, read)
    return screening


def _read(report: Report) -> dict[str, Masked]:
    """What each text becomes; answers under ``answer:<code>``.

    The address is read by rules alone: the model takes a street for a person now and then, and a
    street that is hidden can't be found by anybody.
    """
    written = [one.code for one in report.category.questions.all() if one.kind == QuestionKind.TEXT]
    return {
        "description": masked(report.description),
        "place": masked(report.place),
        "address": masked_by_rules(report.address),
        **{
            _ANSWER + code: masked(report.answers[code])
            for code in written
            if code in report.answers
        },
    }


def _originals(report: Report, read: dict[str, Masked]) -> dict[str, object]:
    """The words as they were sent, of what is hidden."""
    hidden = {name for name, masks in read.items() if masks.spans}
    return {
        "description": report.description if "description" in hidden else "",
        "place": report.place if "place" in hidden else "",
        "address": report.address if "address" in hidden else "",
        "answers": {
            code: words for code, words in report.answers.items() if _ANSWER + code in hidden
        },
    }


def _show_masked(report: Report, read: dict[str, Masked]) -> None:
    report.description = read["description"].text
    report.place = read["place"].text[:_PLACE_CHARS_MAX]
    report.address = read["address"].text[:_PLACE_CHARS_MAX]
    answers = {
        name.removeprefix(_ANSWER): masks.text
        for name, masks in read.items()
        if name.startswith(_ANSWER)
    }
    report.answers = report.answers | answers
    report.save(update_fields=["description", "place", "address", "answers"])
