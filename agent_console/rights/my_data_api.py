"""My data, for the dialogue: see, take away, correct, erase, after a one-time code.

Whoever has not proved enough is answered alike, known or not: ``recognition_needed``, by ``code``.
"""

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.citizens.errors import RecognitionNeeded
from agent_console.citizens.models import ChannelCode, ContactPoint, Resident
from agent_console.citizens.recognition import Level, level_at
from service_kit.openapi import problems
from service_kit.problems import Problem
from service_kit.tokens import require_scope

from .correcting import CorrectionRefused, description_correct, language_set
from .export import counts_of, my_data
from .links import LINK_LASTS, copy_url
from .models import ActKind
from .queue import enqueue_erasure
from .recording import act_record
from .speaking import contact_of, refusals
from .warning import erasure_warning

router = Router(tags=["identity"])
_PROBLEMS = problems(400, 401, 403, 404, 409, 422)
_PATH = "/{uuid:conversation_id}/my-data"
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class MyData(Schema):
    """``counts``: how much there is of each kind, to be said in a sentence; ``data``: all of it."""

    counts: dict[str, int]
    data: dict[str, Any]


class MyDataCopy(Schema):
    """An address for the person alone, for ``lasts_s`` seconds: a page to read, with a file."""

    url: str
    lasts_s: int


class LanguageIn(Schema):
    model_config = ConfigDict(extra="forbid")

    language: Literal["fr", "en"]


class DescriptionIn(Schema):
    model_config = ConfigDict(extra="forbid")

    description: Text


class Corrected(Schema):
    """What was corrected: ``language`` or ``description``."""

    corrected: str


class ErasureWarning(Schema):
    """What an erasure takes with it; ``points`` is null while the wallet is away.

    ``text`` says it in words, the points first; ``confirm`` is to be sent back.
    """

    points: int | None
    vouchers: int | None
    reports: int
    text: str
    confirm: str


class ErasureIn(Schema):
    model_config = ConfigDict(extra="forbid")

    confirm: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="As the warning gave it: they have read it."
    )


class Erased(Schema):
    """The last answer: the conversation goes with the rest once it is said."""

    text: str


@router.get(_PATH, response={200: MyData, **_PROBLEMS}, operation_id="my_data")
def see(request: HttpRequest, conversation_id: uuid.UUID) -> MyData:
    """All that is kept about whoever speaks here."""
    require_scope(request, "identity:read")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.POINTS)
    data = my_data(resident_id=resident.pk)
    act_record(resident_id=resident.pk, kind=ActKind.SEEN, channel=_channel(contact))
    return MyData(counts=counts_of(data), data=data)


@router.post(
    f"{_PATH}/copies", response={200: MyDataCopy, **_PROBLEMS}, operation_id="my_data_copy"
)
def take_away(request: HttpRequest, conversation_id: uuid.UUID) -> MyDataCopy:
    """An address where they read it all and take it away; asking again gives another one."""
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.POINTS)
    act_record(resident_id=resident.pk, kind=ActKind.TAKEN, channel=_channel(contact))
    return MyDataCopy(
        url=copy_url(resident_id=resident.pk), lasts_s=int(LINK_LASTS.total_seconds())
    )


@router.put(
    f"{_PATH}/language", response={200: Corrected, **_PROBLEMS}, operation_id="my_data_language"
)
def correct_language(
    request: HttpRequest, conversation_id: uuid.UUID, payload: LanguageIn
) -> Corrected:
    """The language in which they are spoken to here."""
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.POINTS)
    language_set(contact_point_id=contact.pk, language=payload.language)
    act_record(resident_id=resident.pk, kind=ActKind.CORRECTED, channel=_channel(contact))
    return Corrected(corrected="language")


@router.put(
    f"{_PATH}/reports/{{reference}}/description",
    response={200: Corrected, **_PROBLEMS},
    operation_id="my_data_description",
)
def correct_description(
    request: HttpRequest, conversation_id: uuid.UUID, reference: str, payload: DescriptionIn
) -> Corrected:
    """The words of an open report of theirs; else 409 ``report_closed``, 404 if not theirs."""
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.POINTS)
    try:
        description_correct(
            resident_id=resident.pk, reference=reference, description=payload.description
        )
    except CorrectionRefused as refusal:
        status = 404 if refusal.code == "report_unknown" else 409
        raise Problem(status, refusal.code, refusal.message) from refusal
    act_record(resident_id=resident.pk, kind=ActKind.CORRECTED, channel=_channel(contact))
    return Corrected(corrected="description")


@router.get(
    f"{_PATH}/erasure", response={200: ErasureWarning, **_PROBLEMS}, operation_id="my_data_warning"
)
def warn(request: HttpRequest, conversation_id: uuid.UUID) -> ErasureWarning:
    """What would go, to be read to them before they confirm."""
    require_scope(request, "identity:read")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.POINTS)
    found = erasure_warning(resident_id=resident.pk, locale=contact.locale)
    return ErasureWarning(
        points=found.points,
        vouchers=found.vouchers,
        reports=found.reports,
        text=found.text,
        confirm=found.confirm,
    )


@router.post(f"{_PATH}/erasure", response={202: Erased, **_PROBLEMS}, operation_id="my_data_erase")
def erase(request: HttpRequest, conversation_id: uuid.UUID, payload: ErasureIn) -> Status[Erased]:
    """Have them erased, after a fresh code; 409 ``warning_changed`` when it is no longer what they
    read.

    It happens as soon as ``text`` was said here, and can't be undone.  STOP is
    another thing: it only ends messages that were not asked for.
    """
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = _proved(contact, Level.SPENDING)
    locale = contact.locale
    found = erasure_warning(resident_id=resident.pk, locale=locale)
    if payload.confirm != found.confirm:
        raise Problem(
            409, "warning_changed", "Ce qui serait effacé a changé : relisez l’avertissement."
        )
    enqueue_erasure(resident_id=resident.pk, channel=contact.kind)
    return Status(202, Erased(text=found.soon))


def _proved(contact: ContactPoint, level: Level) -> Resident:
    with refusals():
        if contact.resident is None or level_at(contact_point=contact) < level:
            raise RecognitionNeeded(("code",))
        return contact.resident


def _channel(contact: ContactPoint) -> ChannelCode:
    return ChannelCode(contact.kind)
