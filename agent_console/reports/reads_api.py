"""Reading reports: a list by any filter, and one with its history.

No one's words are in it, except those that the citizen was told, and in one report the place as
it is announced.  Answers carry an ETag of their content; ``If-None-Match`` answers 304.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.http import conditional_page
from ninja import Query, Schema
from ninja.decorators import decorate_view
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from agent_console.citizens.models import ChannelCode
from agent_console.masking.text import masked_by_rules
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .api import router as router
from .errors import ReportError, ReportUnknown
from .listing import PAGE_MAX, Box, ReportQuery, report_read, reports_page
from .models import Report, Transition
from .workflow import STEPS, State

SCOPE = "reports:read"
Code = Annotated[str, StringConstraints(pattern=r"^(?:[a-z_]{2,32})?$")]
Insee = Annotated[str, StringConstraints(pattern=r"^(?:\d[\dAB]\d{3})?$")]
_NUMBER = r"-?\d{1,3}(?:\.\d{1,9})?"
BoxText = Annotated[str, StringConstraints(pattern=rf"^(?:{_NUMBER}(?:,{_NUMBER}){{3}})?$")]


def _in_utc(at: datetime) -> datetime:
    """The database knows no offset of 16 hours or more, which ISO 8601 does."""
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class ReportsIn(Schema):
    """Filters; all of them must fit.  ``since`` is included, ``until`` is not.

    ``late``: open and past its deadline.  ``bbox``: west,south,east,north in degrees (WGS 84).
    With ``updated_since`` or ``updated_until`` the oldest change comes first and ``next_cursor``
    is always given, to come back to; otherwise the newest intake comes first.
    """

    state: State | None = None
    category: Code = ""
    service: Code = ""
    commune: Insee = ""
    channel: ChannelCode | None = None
    created_since: Moment | None = None
    created_until: Moment | None = None
    updated_since: Moment | None = None
    updated_until: Moment | None = None
    late: Literal["true"] | None = None
    bbox: BoxText = ""
    cursor: Annotated[str, StringConstraints(max_length=200)] = ""
    limit: int = Field(50, ge=1, le=PAGE_MAX)


class ReportRowOut(Schema):
    """``commune``: INSEE code and its name, empty while only coordinates say where it is."""

    reference: str
    category: str
    category_label: str
    service: str
    service_label: str
    state: State
    state_label: str
    commune: str
    commune_name: str
    latitude: float | None
    longitude: float | None
    channel: ChannelCode
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    is_late: bool


class ReportPageOut(Schema):
    """``next_cursor`` is null on the last page."""

    reports: list[ReportRowOut]
    next_cursor: str | None


class StepOut(Schema):
    """One step; ``action`` is empty for the intake.  ``reason``: what the citizen was told or said,
    without whom it names.
    """

    at: datetime
    action: str
    state: State
    state_label: str
    reason_code: str
    reason: str


class ReportDetailOut(ReportRowOut):
    """``duplicate_of``: reference of the report that tells of the same problem."""

    place_label: str
    duplicate_of: str | None
    history: list[StepOut]


@router.get(
    "",
    response={200: ReportPageOut, **problems(401, 403, 422)},
    operation_id="report_list",
)
@decorate_view(conditional_page)
def reports_list(request: HttpRequest, asked: Query[ReportsIn]) -> ReportPageOut:
    """One page of reports."""
    require_scope(request, SCOPE)
    _refuse_unknown(request)
    try:
        page = reports_page(asked=_query(asked), cursor=asked.cursor, limit=asked.limit)
    except ReportError as error:
        raise Problem(422, error.code, error.message, error.fields) from error
    return ReportPageOut(
        reports=[ReportRowOut(**_row(report)) for report in page.reports],
        next_cursor=page.next_cursor or None,
    )


@router.get(
    "/{reference}",
    response={200: ReportDetailOut, **problems(401, 403, 404)},
    operation_id="report_get",
)
@decorate_view(conditional_page)
def report_get(request: HttpRequest, reference: str) -> ReportDetailOut:
    """One report, its reference in any spelling."""
    require_scope(request, SCOPE)
    report = report_read(reference=reference)
    if report is None:
        unknown = ReportUnknown()
        raise Problem(404, unknown.code, unknown.message, unknown.fields)
    return ReportDetailOut(
        **_row(report),
        place_label=masked_by_rules(report.place_label).text,
        duplicate_of=report.duplicate_of.reference_display if report.duplicate_of else None,
        history=[_step(transition) for transition in report.transitions.all()],
    )


def _refuse_unknown(request: HttpRequest) -> None:
    """A filter with a typing error would list what nobody asked for."""
    unknown = sorted(set(request.GET) - set(ReportsIn.model_fields))
    if unknown:
        refuse(
            422,
            "parameter_unknown",
            "Ce paramètre n’existe pas.",
            **dict.fromkeys(unknown[:10], "unknown"),
        )


def _query(asked: ReportsIn) -> ReportQuery:
    return ReportQuery(
        state=asked.state or "",
        category=asked.category,
        service=asked.service,
        commune=asked.commune,
        channel=asked.channel or "",
        created_since=asked.created_since,
        created_until=asked.created_until,
        updated_since=asked.updated_since,
        updated_until=asked.updated_until,
        late_at=timezone.now() if asked.late is not None else None,
        box=_box(asked.bbox) if asked.bbox else None,
    )


def _box(text: str) -> Box:
    west, south, east, north = map(float, text.split(","))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        refuse(
            422,
            "bbox_invalid",
            "Ce rectangle n’est pas valable : donnez ouest,sud,est,nord en degrés.",
            bbox="invalid",
        )
    return Box(west=west, south=south, east=east, north=north)


def _row(report: Report) -> dict[str, Any]:
    state = State(report.state)
    return {
        "reference": report.reference_display,
        "category": report.category_id,
        "category_label": report.category.label_fr,
        "service": report.assigned_to_id,
        "service_label": report.assigned_to.label,
        "state": state,
        "state_label": str(state.label),
        "commune": report.commune_id or "",
        "commune_name": report.commune.name if report.commune else "",
        "latitude": report.latitude,
        "longitude": report.longitude,
        "channel": ChannelCode(report.channel),
        "created_at": report.created_at,
        "updated_at": report.updated_at,
        "due_at": report.due_at,
        "closed_at": report.closed_at,
        "is_late": report.is_late,
    }


def _step(transition: Transition) -> StepOut:
    step = STEPS.get(transition.action)
    is_told = step is not None and bool(step.notice)
    state = State(transition.to_state)
    return StepOut(
        at=transition.at,
        action=transition.action,
        state=state,
        state_label=str(state.label),
        reason_code=transition.reason_code if is_told else "",
        reason=masked_by_rules(transition.reason).text if is_told else "",
    )
