"""Writes reports with all that hangs off them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from agent_console.reports.models import (
    Body,
    Clock,
    Feedback,
    Forward,
    ForwardState,
    Handover,
    OnCallPage,
    Report,
    ReportReward,
    ReportScreening,
    RewardState,
    Transition,
)

from .copying import copy_rows
from .marks import Kind, marked
from .planning import TALKED, Planned
from .stories import Story, Teller
from .supporters import Supporters
from .writing_supports import supports_write

INTAKE_PREFIX = "simulation:"
REFUSAL_CODE = "simulated"
_FORWARDED = {
    Handover.EMAIL: ForwardState.SENT,
    Handover.BY_HAND: ForwardState.DONE,
    Handover.CITIZEN: ForwardState.NAMED,
}


@dataclass(frozen=True, slots=True)
class _Told:
    report: Planned
    story: Story
    body: Body | None


@transaction.atomic
def reports_write(
    *,
    reports: Sequence[Planned],
    teller: Teller,
    supporters: Supporters,
    supports_before: int,
    colleagues: Sequence[int],
) -> int:
    """ONE transaction: these reports with their history and supports, or none of them.

    Returns how many supports there are now.
    """
    told = [
        _Told(report, teller.story(report), teller.rules.body(report.category, report.street.insee))
        for report in reports
    ]
    copy_rows(
        Report,
        ("id", "reference", "category", "commune", "address", "place", "postcode", "latitude",
         "longitude", "description", "answers", "channel", "on_behalf", "conversation", "resident",
         "created_by", "assigned_to", "state", "duplicate_of", "body", "due_at", "closed_at",
         "intake_key", "intake_sha256", "created_at", "updated_at"),
        (_report_row(one, teller, colleagues) for one in told),
    )  # fmt: skip
    copy_rows(
        Transition,
        ("report", "from_state", "to_state", "action", "reason_code", "reason", "actor", "at"),
        (
            (
                _id(one),
                str(step.source),
                step.target.value,
                step.action,
                step.reason_code,
                step.reason,
                colleagues[step.actor] if step.actor >= 0 else None,
                step.at,
            )
            for one in told
            for step in one.story.steps
        ),
    )
    copy_rows(
        ReportScreening,
        ("report", "kinds", "names_somebody", "description", "place", "at"),
        ((_id(one), "[]", False, "", "", one.report.at) for one in told),
    )
    copy_rows(
        ReportReward,
        ("report", "evidence", "points", "state", "refusal_code", "is_told", "updated_at"),
        _reward_rows(told, teller),
    )
    copy_rows(
        Feedback,
        ("report", "conversation", "is_solved", "comment", "at"),
        (
            (_id(one), marked(Kind.CONVERSATION, one.report.author), is_solved, "", at)
            for one in told
            for at, is_solved in one.story.answers
        ),
    )
    copy_rows(
        OnCallPage,
        ("report", "level", "next_at", "created_at", "ended_at", "acknowledged_by"),
        _page_rows(told, teller, colleagues),
    )
    copy_rows(
        Forward,
        ("report", "body", "state", "created_at", "ended_at", "created_by", "ended_by"),
        _forward_rows(told, teller, colleagues),
    )
    joined = [support for one in told for support in supporters.of(one.report, one.story)]
    supports_write(joined=joined, first=supports_before, colleagues=colleagues)
    return supports_before + len(joined)


def _id(one: _Told) -> object:
    return marked(Kind.REPORT, one.report.number)


def _report_row(one: _Told, teller: Teller, colleagues: Sequence[int]) -> Sequence[object]:
    report, story = one.report, one.story
    commune = teller.rules.communes[report.street.insee]
    description, place = teller.words(report)
    key = f"{INTAKE_PREFIX}{report.number}"
    latitude, longitude = report.point or (None, None)
    is_known = report.author >= 0
    is_talk = is_known and report.channel in TALKED
    intake = story.steps[0]
    # A big commune has several postcodes: a street keeps its own.
    postcode = commune.postcodes[len(report.street.name) % len(commune.postcodes)]
    return (
        _id(one),
        report.reference,
        report.category,
        report.street.insee,
        f"{report.house} {report.street.name}",
        place,
        postcode,
        latitude,
        longitude,
        description,
        json.dumps(teller.answers(report)),
        report.channel,
        "self",
        marked(Kind.CONVERSATION, report.author) if is_talk else None,
        marked(Kind.RESIDENT, report.author) if is_known else None,
        colleagues[intake.actor] if intake.actor >= 0 else None,
        story.service,
        story.state.value,
        marked(Kind.REPORT, story.duplicate_of) if story.duplicate_of >= 0 else None,
        one.body.pk if one.body else None,
        story.due_at,
        story.closed_at,
        key,
        hashlib.sha256(key.encode()).digest(),
        report.at,
        story.steps[-1].at,
    )


def _reward_rows(told: Sequence[_Told], teller: Teller) -> Iterator[Sequence[object]]:
    """Refused, for what it is: the wallet was never asked, and no point came into being."""
    for one in told:
        category = teller.rules.categories[one.report.category]
        if one.report.author >= 0 and category.reward_rule:
            yield (
                _id(one),
                marked(Kind.EVIDENCE, one.report.number),
                category.reward_points,
                RewardState.REFUSED.value,
                REFUSAL_CODE,
                True,
                one.report.at,
            )


def _page_rows(
    told: Sequence[_Told], teller: Teller, colleagues: Sequence[int]
) -> Iterator[Sequence[object]]:
    """Each danger was paged; each page was taken up: none wakes anybody today."""
    for one in told:
        report = one.report
        if teller.rules.categories[report.category].clock != Clock.ALWAYS:
            continue
        random = teller.random_of(report, "page")
        level = 1 if random.random() < 0.8 else 2
        ended = report.at + timedelta(minutes=random.uniform(2, 9) + 10 * (level - 1))
        actor = colleagues[random.randrange(len(colleagues))]
        yield (
            _id(one),
            level,
            report.at + timedelta(minutes=10 * level),
            report.at,
            min(ended, teller.now),
            actor,
        )


def _forward_rows(
    told: Sequence[_Told], teller: Teller, colleagues: Sequence[int]
) -> Iterator[Sequence[object]]:
    for one in told:
        step = one.story.step("validate")
        if step is None or one.body is None or one.body.is_ours:
            continue
        state = _FORWARDED.get(Handover(one.body.handover), ForwardState.DONE)
        actor = colleagues[step.actor]
        ended: datetime | None = step.at
        if state == ForwardState.DONE:
            ended = step.at + timedelta(
                hours=teller.random_of(one.report, "forward").uniform(1, 30)
            )
            if ended > teller.now:
                state, ended = ForwardState.TO_DO, None
        ended_by = actor if state == ForwardState.DONE else None
        yield (_id(one), one.body.pk, state.value, step.at, ended, actor, ended_by)
