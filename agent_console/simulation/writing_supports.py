"""Writes supports of reports with their history."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from agent_console.reports.models import RewardState, Support, SupportChange, SupportReward

from .copying import copy_rows
from .marks import Kind, marked
from .planning import TALKED
from .supporters import Joined

REFUSAL_CODE = "simulated"


def supports_write(*, joined: Sequence[Joined], first: int, colleagues: Sequence[int]) -> None:
    """Inside the CALLER's transaction, after the reports; ``first``: number of the first support.

    Steps that were there are marked as told, so that whatever is done to a report later tells its
    supporters of that, and of nothing earlier.
    """
    if not joined:
        return
    numbered = list(enumerate(joined, first))
    copy_rows(
        Support,
        ("id", "report", "resident", "conversation", "channel", "came_from", "told_up_to",
         "created_at", "ended_at"),
        (
            (
                marked(Kind.SUPPORT, number),
                marked(Kind.REPORT, one.original),
                marked(Kind.RESIDENT, one.author) if one.author >= 0 else None,
                marked(Kind.CONVERSATION, one.author)
                if one.author >= 0 and one.channel in TALKED
                else None,
                one.channel,
                marked(Kind.REPORT, one.came_from) if one.came_from >= 0 else None,
                0,
                one.at,
                one.ended_at,
            )
            for number, one in numbered
        ),
    )  # fmt: skip
    actor = [colleagues[one.actor] if one.actor >= 0 else None for one in joined]
    copy_rows(
        SupportChange,
        ("support", "action", "actor", "at"),
        (
            (marked(Kind.SUPPORT, number), action, actor[number - first], at)
            for number, one in numbered
            for action, at in (("joined", one.at), ("left", one.ended_at))
            if at is not None
        ),
    )
    copy_rows(
        SupportReward,
        ("support", "evidence", "state", "refusal_code", "updated_at"),
        (
            (
                marked(Kind.SUPPORT, number),
                marked(Kind.SUPPORT_EVIDENCE, number),
                RewardState.REFUSED.value,
                REFUSAL_CODE,
                one.at,
            )
            for number, one in numbered
            if one.author >= 0
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reports_support AS support SET told_up_to = COALESCE((SELECT max(step.id)"
            " FROM reports_transition AS step WHERE step.report_id = support.report_id), 0)"
            " WHERE support.id BETWEEN %s AND %s",
            [marked(Kind.SUPPORT, first), marked(Kind.SUPPORT, first + len(joined) - 1)],
        )
