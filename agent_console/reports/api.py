"""Intake of reports by the dialogue's actions, and what can be reported."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, Field, StringConstraints

from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .catalogue import catalogue_etag, catalogue_rows, questions_missing
from .errors import IntakeConflict, ReportError, ReportUnknown
from .feedback import report_feedback
from .intake import Intake
from .models import Body, Report
from .models.photo import CITIZEN_PHOTOS_MAX
from .receipts import receipt_address
from .services import report_create
from .workflow import OPEN, State

router = Router(tags=["reports"])
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z_]{2,32}$")]
Line = Annotated[str, StringConstraints(strict=True, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(strict=True, max_length=4000, strip_whitespace=True)]
Answer = Annotated[str, StringConstraints(strict=True, max_length=200, strip_whitespace=True)]
Postcode = Annotated[str, StringConstraints(strict=True, pattern=r"^([0-9]{5})?$")]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180)]
IntakeKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_.-]{8,80}$")]


class ReportIn(Schema):
    """What the citizen said; at least one of ``address``, ``place`` and the coordinates.

    ``answers``: code of one of the category's questions → answer, as text.  ``photos``:
    ids from ``POST /photos`` that no case has claimed.
    """

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    category: Code
    address: Line = ""
    commune: Line = ""
    place: Line = ""
    description: Text = ""
    postcode: Postcode = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    answers: Annotated[dict[Code, Answer], Field(max_length=20)] = Field(default_factory=dict)
    on_behalf: Literal["self", "relative", "carer", "france_services"] = "self"
    photos: Annotated[list[uuid.UUID], Field(max_length=CITIZEN_PHOTOS_MAX)] = Field(
        default_factory=list
    )


class CompetentOut(Schema):
    """Who deals with it when the Metropolis does not, and how to reach them."""

    name: str
    kind: str
    phone: str
    web: str


class ReportOut(Schema):
    """The receipt; ``points`` is what the report earns once it is validated.

    ``due_at``: until when it should be dealt with.  ``competent``: the body in charge when it is
    not the Metropolis, which passes it on or names it.  ``questions_missing``: codes of the
    category's questions that nobody answered yet.  ``receipt_url``: the receipt's page, to be given
    to the author alone.
    """

    reference: str
    category: str
    category_label: str
    service_label: str
    target_hours: int
    clock: str
    points: int
    status: str
    place_label: str
    commune: str
    questions_missing: list[str]
    due_at: datetime | None
    competent: CompetentOut | None
    receipt_url: str


class ChoiceOut(Schema):
    """One possible answer."""

    code: str
    label_fr: str
    label_en: str


class QuestionOut(Schema):
    """A question of a category; ``choices`` is empty unless ``kind`` is ``choice``."""

    code: str
    label_fr: str
    label_en: str
    kind: Literal["text", "number", "choice"]
    is_required: bool
    choices: list[ChoiceOut]


class CategoryOut(Schema):
    """What can be reported; ``target_hours`` are hours on ``clock``."""

    code: str
    label_fr: str
    label_en: str
    service: str
    service_label: str
    clock: Literal["always", "working"]
    target_hours: int
    points: int
    questions: list[QuestionOut]


@router.get(
    "/categories",
    response={200: list[CategoryOut], 304: None, **problems(401, 403)},
    operation_id="report_categories",
)
def categories(
    request: HttpRequest, response: HttpResponse
) -> HttpResponseBase | list[CategoryOut]:
    """Every category with its questions; ``If-None-Match`` answers 304 while nothing changed."""
    require_scope(request, "reports:read")
    rows = catalogue_rows()
    etag = catalogue_etag(rows)
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    response["ETag"] = etag
    return [CategoryOut.model_validate(row) for row in rows]


@router.post(
    "",
    response={201: ReportOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="report_create",
)
def create(
    request: HttpRequest, payload: ReportIn, idempotency_key: Header[IntakeKey]
) -> Status[ReportOut]:
    """Take in a report; the same Idempotency-Key and body return the first receipt."""
    token = require_scope(request, "reports:write")
    conversation = _conversation(payload.conversation)
    try:
        report = report_create(
            intake_key=f"{token.name}:{idempotency_key}",
            intake=Intake(
                conversation=conversation,
                category_code=payload.category,
                address=payload.address,
                commune=payload.commune,
                place=payload.place,
                postcode=payload.postcode,
                latitude=payload.latitude,
                longitude=payload.longitude,
                description=payload.description,
                answers=payload.answers,
                on_behalf=payload.on_behalf,
                photos=tuple(payload.photos),
            ),
        )
    except IntakeConflict as error:
        raise Problem(409, error.code, error.message, error.fields) from error
    except ReportError as error:
        raise Problem(422, error.code, error.message, error.fields) from error
    return Status(201, _receipt(report))


class FeedbackIn(Schema):
    """An answer to "C'est réglé ?" by whoever made the report, in their conversation."""

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    is_solved: Annotated[bool, Field(strict=True)]
    comment: Annotated[str, StringConstraints(strict=True, max_length=300)] = ""


class FeedbackOut(Schema):
    """``is_open``: the report is being dealt with (again)."""

    reference: str
    status: str
    status_label: str
    is_open: bool


@router.post(
    "/{reference}/feedback",
    response={200: FeedbackOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="report_feedback",
)
def feedback(request: HttpRequest, reference: str, payload: FeedbackIn) -> FeedbackOut:
    """Take the answer; "no" reopens.  Sending it again changes nothing."""
    require_scope(request, "reports:write")
    conversation = _conversation(payload.conversation)
    try:
        report = report_feedback(
            reference=reference,
            conversation=conversation,
            is_solved=payload.is_solved,
            comment=payload.comment,
        )
    except ReportUnknown as error:
        raise Problem(404, error.code, error.message, error.fields) from error
    except ReportError as error:
        raise Problem(409, error.code, error.message, error.fields) from error
    return FeedbackOut(
        reference=report.reference_display,
        status=report.state,
        status_label=State(report.state).label,
        is_open=report.state in OPEN,
    )


def _conversation(conversation_id: uuid.UUID) -> Conversation:
    conversation = (
        Conversation.objects.select_related("contact_point").filter(pk=conversation_id).first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return conversation


def _receipt(report: Report) -> ReportOut:
    category = report.category
    return ReportOut(
        reference=report.reference_display,
        category=category.code,
        category_label=category.label_fr,
        service_label=category.service.label,
        target_hours=category.target_hours,
        clock=category.clock,
        points=category.reward_points,
        status=report.state,
        place_label=report.place_label,
        commune=report.commune.name if report.commune else "",
        questions_missing=questions_missing(report),
        due_at=report.due_at,
        competent=_competent(report.body),
        receipt_url=receipt_address(report),
    )


def _competent(body: Body | None) -> CompetentOut | None:
    if body is None or body.is_ours:
        return None
    return CompetentOut(name=body.name, kind=body.kind, phone=body.phone, web=body.web)
