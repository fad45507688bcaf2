"""Near reports while somebody still writes, supporting one, following it no more."""

import uuid
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Router, Schema
from pydantic import ConfigDict

from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .api import Code, IntakeKey, Latitude, Line, Longitude, Postcode, Text
from .asking import similar_to_words
from .errors import ReportError
from .models import Category, Outage, Report, RewardState, Support
from .selectors import report_find
from .similar import Similar
from .support_errors import SupportUnknown
from .supporters import (
    is_author,
    report_support,
    report_unsupport,
    support_of,
    supporters_count,
)
from .workflow import State

router = Router(tags=["reports"])
SIMILAR_MAX = 3


class SimilarIn(Schema):
    """What was said so far; nothing but the category is required, and little finds little.

    ``conversation``: who asks, so that their own reports and those they follow are told apart.
    """

    model_config = ConfigDict(extra="forbid")

    category: Code
    conversation: uuid.UUID | None = None
    address: Line = ""
    commune: Line = ""
    place: Line = ""
    postcode: Postcode = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    description: Text = ""


class OutageOut(Schema):
    """What people are told of an outage; ``message_en`` may be empty."""

    message_fr: str
    message_en: str
    expected_end: datetime | None


class SimilarOut(Schema):
    """A report that may be the same.

    ``label`` says what and where, ``said_by`` how many said so (in French); neither names anybody.
    ``distance_m`` is null when only the street or the landmark is shared.  ``people`` counts the
    author too.  ``can_support``: it is open, and neither one's own nor followed already
    (``relation``).  ``outage``: the report stands for a declared one that covers this place; it
    comes first, and a report that is made all the same becomes part of it.
    """

    reference: str
    category: str
    label: str
    said_by: str
    distance_m: int | None
    people: int
    supporters_count: int
    status: str
    status_label: str
    relation: Literal["", "own", "supported"]
    can_support: bool
    outage: OutageOut | None


class SupportIn(Schema):
    """Who supports: whoever is in this conversation."""

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID


class SupportOut(Schema):
    """``is_following``: news of the report are told.  ``may_earn``: the wallet was asked for
    points, which come when the service confirms the report."""

    reference: str
    status: str
    status_label: str
    supporters_count: int
    people: int
    is_following: bool
    may_earn: bool


@router.post(
    "/similar",
    response={200: list[SimilarOut], **problems(400, 401, 403, 404, 422)},
    operation_id="reports_similar",
)
def similar(request: HttpRequest, payload: SimilarIn) -> list[SimilarOut]:
    """Up to three reports of what may be the same problem, likeliest first; changes nothing."""
    require_scope(request, "reports:read")
    category = Category.objects.filter(pk=payload.category).first()
    if category is None:
        refuse(422, "category_unknown", "Cette catégorie n’existe pas.")
    conversation = _conversation(payload.conversation) if payload.conversation else None
    if (payload.latitude is None) != (payload.longitude is None):
        refuse(
            422, "coordinates_invalid", "La position est incomplète\u00a0: latitude et longitude."
        )
    found = similar_to_words(
        category=category,
        latitude=payload.latitude,
        longitude=payload.longitude,
        address=payload.address,
        commune=payload.commune or payload.postcode,
        place=payload.place,
        text=payload.description,
        at=timezone.now(),
        limit=SIMILAR_MAX,
    )
    return [_similar_out(one, conversation) for one in found]


@router.post(
    "/{reference}/support",
    response={200: SupportOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="report_support",
)
def support(
    request: HttpRequest,
    reference: str,
    payload: SupportIn,
    idempotency_key: Header[IntakeKey],
) -> SupportOut:
    """Support a report and follow it; the same Idempotency-Key is the same act."""
    token = require_scope(request, "reports:write")
    conversation = _conversation(payload.conversation)
    report = _report(reference)
    try:
        made = report_support(
            report=report,
            conversation=conversation,
            key=f"{token.name}:{idempotency_key}",
        )
    except ReportError as error:
        raise Problem(409, error.code, error.message, error.fields) from error
    return _support_out(report, made)


@router.delete(
    "/{reference}/support",
    response={200: SupportOut, **problems(401, 403, 404, 422)},
    operation_id="report_unsupport",
)
def unsupport(request: HttpRequest, reference: str, conversation: uuid.UUID) -> SupportOut:
    """Withdraw the support of whoever is in ``conversation``; repeating changes nothing."""
    require_scope(request, "reports:write")
    found = _conversation(conversation)
    report = _report(reference)
    try:
        ended = report_unsupport(report=report, conversation=found)
    except SupportUnknown as error:
        raise Problem(404, error.code, error.message, error.fields) from error
    return _support_out(report, ended)


def _similar_out(one: Similar, conversation: Conversation | None) -> SimilarOut:
    report = one.report
    relation: Literal["", "own", "supported"] = ""
    if conversation is not None:
        known = support_of(report, conversation)
        if is_author(report, conversation):
            relation = "own"
        elif known is not None and known.ended_at is None:
            relation = "supported"
    return SimilarOut(
        reference=report.reference_display,
        category=report.category_id,
        label=one.label,
        said_by=one.said_by,
        distance_m=one.distance_m,
        people=one.people,
        supporters_count=one.supporters_count,
        status=report.state,
        status_label=State(report.state).label,
        relation=relation,
        can_support=one.is_open and not relation,
        outage=_outage_out(one.outage),
    )


def _outage_out(outage: Outage | None) -> OutageOut | None:
    if outage is None:
        return None
    return OutageOut(
        message_fr=outage.message_fr,
        message_en=outage.message_en,
        expected_end=outage.expected_end,
    )


def _support_out(report: Report, made: Support) -> SupportOut:
    count = supporters_count(report)
    reward = getattr(made, "reward", None)
    return SupportOut(
        reference=report.reference_display,
        status=report.state,
        status_label=State(report.state).label,
        supporters_count=count,
        people=1 + count,
        is_following=made.ended_at is None,
        may_earn=reward is not None and reward.state in (RewardState.WAITING, RewardState.PENDING),
    )


def _report(reference: str) -> Report:
    report = report_find(reference=reference)
    if report is None:
        refuse(404, "report_unknown", "Aucun signalement ne porte cette référence.")
    return report


def _conversation(conversation_id: uuid.UUID) -> Conversation:
    conversation = (
        Conversation.objects.select_related("contact_point__resident")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return conversation
