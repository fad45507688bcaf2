"""What supporters are told of the reports they follow: each where and in the language they wrote.

Quiet hours and refusals of messages are kept as for a report's author (``notice_send``).
"""

import uuid

from django.db import transaction

from agent_console.conversations.services import notice_send

from .models import Report, Support, Transition
from .notices import notice_text, step_reason, step_told

_CHUNK = 500


def supporters_tell(*, report_id: uuid.UUID) -> None:
    """Tell every supporter the steps that were taken since they joined, each once and in order.

    Each supporter is a transaction of its own, which holds the notices and up to where they were
    told: after a crash the others are told by the next run, and nobody twice.
    """
    report = (
        Report.objects.select_related("category", "assigned_to", "duplicate_of")
        .prefetch_related("transitions")
        .get(pk=report_id)
    )
    steps = list(report.transitions.all())
    if not steps:
        return
    behind = report.supports.filter(
        ended_at=None, conversation__isnull=False, told_up_to__lt=steps[-1].pk
    )
    for support_id in behind.values_list("pk", flat=True).iterator(chunk_size=_CHUNK):
        _tell(support_id, report, steps)


@transaction.atomic
def _tell(support_id: uuid.UUID, report: Report, steps: list[Transition]) -> None:
    support = (
        Support.objects.select_for_update(of=("self",))
        .select_related("conversation")
        .get(pk=support_id)
    )
    if support.ended_at is not None or support.conversation_id is None:
        return
    for step in steps:
        if step.pk <= support.told_up_to:
            continue
        told = step_told(step)
        if not told or (told == "duplicate" and report.duplicate_of is None):
            continue
        notice_send(
            conversation_id=support.conversation_id,
            cause=f"support:{support.pk}:{step.pk}",
            text=notice_text(
                "support_news",
                locale=support.locale,
                context={
                    "told": told,
                    "reference": report.reference_display,
                    "category": report.category.label(support.locale),
                    "service": report.assigned_to.label,
                    "reason": step_reason(step, support.locale),
                    "original": report.duplicate_of.reference_display
                    if report.duplicate_of
                    else "",
                },
            ),
        )
    support.told_up_to = steps[-1].pk
    support.save(update_fields=["told_up_to"])
