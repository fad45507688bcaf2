"""Intake of reports by the dialogue's actions."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .errors import IntakeConflict, ReportError
from .models import Report
from .services import report_create

router = Router(tags=["reports"])
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z_]{2,32}$")]
Line = Annotated[str, StringConstraints(strict=True, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(strict=True, max_length=4000, strip_whitespace=True)]
IntakeKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_.-]{8,80}$")]


class ReportIn(Schema):
    """What the citizen said; at least one of ``address`` and ``place``."""

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    category: Code
    address: Line = ""
    commune: Line = ""
    place: Line = ""
    description: Text = ""


class ReportOut(Schema):
    """The receipt; ``points`` is what the report earns once it is validated."""

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


@router.post(
    "",
    response={201: ReportOut, **problems(401, 403, 404, 409, 422)},
    operation_id="report_create",
)
def create(
    request: HttpRequest, payload: ReportIn, idempotency_key: Header[IntakeKey]
) -> Status[ReportOut]:
    """Take in a report; the same Idempotency-Key and body return the first receipt."""
    token = require_scope(request, "reports:write")
    conversation = Conversation.objects.filter(pk=payload.conversation).first()
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    try:
        report = report_create(
            intake_key=f"{token.name}:{idempotency_key}",
            conversation=conversation,
            category_code=payload.category,
            address=payload.address,
            commune=payload.commune,
            place=payload.place,
            description=payload.description,
        )
    except IntakeConflict as error:
        raise Problem(409, error.code, error.message, error.fields) from error
    except ReportError as error:
        raise Problem(422, error.code, error.message, error.fields) from error
    return Status(201, _receipt(report))


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
        commune=report.commune.name,
    )
