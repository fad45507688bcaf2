"""Hearing what citizens answer to "C'est réglé ?"."""

import uuid

from django.db import transaction

from agent_console.citizens.selectors import is_same_person
from agent_console.conversations.models import Conversation
from agent_console.references import parse_reference

from .errors import ReportUnknown
from .models import Feedback, Report
from .steps import advance
from .workflow import CLOSED, STEPS, State


@transaction.atomic
def report_feedback(
    *, reference: str, conversation: Conversation, is_solved: bool, comment: str = ""
) -> Report:
    """Take the answer of whoever made the report; "non" reopens it.

    ONE transaction holds the answer and what follows from it; the same answer again, or one about
    a report that is open anyway, changes nothing.

    Raises ``ReportUnknown`` (also for a report of somebody else's), ``ReopenTooLate``.
    """
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("category")
        .filter(reference=parse_reference(reference) or "")
        .first()
    )
    if report is None or not _is_author(report, conversation):
        raise ReportUnknown
    return _answered(report, conversation=conversation, is_solved=is_solved, comment=comment)


@transaction.atomic
def receipt_feedback(*, receipt_key: uuid.UUID, is_solved: bool, comment: str = "") -> Report:
    """The same from the receipt's page: who was given its address speaks for the author.

    Raises ``ReportUnknown``, ``ReopenTooLate``.
    """
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("category", "conversation")
        .filter(receipt_key=receipt_key)
        .first()
    )
    if report is None:
        raise ReportUnknown
    conversation = report.conversation
    return _answered(report, conversation=conversation, is_solved=is_solved, comment=comment)


def _answered(
    report: Report, *, conversation: Conversation | None, is_solved: bool, comment: str
) -> Report:
    """Take the answer about a locked report."""
    if report.state not in CLOSED:
        return report
    last = report.feedback.filter(at__gte=report.closed_at).last()
    if last is None or last.is_solved != is_solved:
        Feedback.objects.create(
            report=report, conversation=conversation, is_solved=is_solved, comment=comment[:300]
        )
    if not is_solved and State(report.state) in STEPS["dispute"].sources:
        return advance(report_id=report.id, action="dispute", actor=None, reason=comment)
    return report


def _is_author(report: Report, conversation: Conversation) -> bool:
    if report.conversation_id == conversation.pk:
        return True
    return is_same_person(one=conversation.contact_point.resident_id, other=report.resident_id)
