"""What the dialogue's actions may ask: who speaks, prove it by code or PIN, link another contact.

Everybody asks on behalf of a conversation; what it may be told follows from its contact.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.citizens.codes import code_request, phone_contact
from agent_console.citizens.errors import (
    AddressInvalid,
    CodesLimited,
    CodeWrong,
    IdentityError,
    PhoneNotVouched,
    PinWrong,
)
from agent_console.citizens.linking import (
    Linked,
    LinkOutcome,
    link_confirm,
    link_start,
    link_vouched,
)
from agent_console.citizens.models import CodePurpose, ContactPoint
from agent_console.citizens.phones import phone_to_prove
from agent_console.citizens.pins import pin_set
from agent_console.citizens.recognition import (
    Level,
    level_at,
    level_require,
    recognise_by_code,
    recognise_by_pin,
    recognition_end,
    ways_of,
)
from agent_console.citizens.selectors import is_shared
from agent_console.citizens.vouching import vouched_phone
from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from .texts import MESSAGES

router = Router(tags=["identity"])
_PROBLEMS = problems(400, 401, 403, 404, 409, 422, 429)
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Recognised(Schema):
    """What whoever speaks in the conversation may do now.

    ``level``: ``nobody``, ``cases``, ``points`` (may read them), ``spending``.  ``ways``: how to
    prove more (``code``, ``pin``).  ``is_shared``: several people use the contact, ask who speaks.
    """

    level: str
    ways: list[str]
    is_shared: bool


class CodeStarted(Schema):
    """The number with which the code is confirmed; the same whether or not the contact is known."""

    code_id: uuid.UUID


class LinkConfirmed(Recognised):
    """``outcome``: ``linked``, ``merged`` (both had a past, which is one now), ``already``."""

    outcome: LinkOutcome


class LinkVouched(Schema):
    """Either it is done (``outcome``), or a code is on its way to the number (``code_id``)."""

    outcome: LinkOutcome | None = None
    code_id: uuid.UUID | None = None


class PhoneIn(Schema):
    model_config = ConfigDict(extra="forbid")

    phone: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class CodeIn(Schema):
    model_config = ConfigDict(extra="forbid")

    code_id: uuid.UUID
    code: Code = Field(description="As it was said; spaces do not matter.")


class PinIn(Schema):
    model_config = ConfigDict(extra="forbid")

    pin: Code


@router.get(
    "/{uuid:conversation_id}",
    response={200: Recognised, **_PROBLEMS},
    operation_id="identity_recognised",
)
def recognised(request: HttpRequest, conversation_id: uuid.UUID) -> Recognised:
    """What whoever speaks here may do now."""
    require_scope(request, "identity:read")
    return _recognised(_contact(conversation_id))


@router.post(
    "/{uuid:conversation_id}/codes",
    response={202: CodeStarted, **_PROBLEMS},
    operation_id="identity_code_start",
)
def code_start(request: HttpRequest, conversation_id: uuid.UUID, key: Key) -> Status[CodeStarted]:
    """Have a code brought to a phone of whoever speaks here, to this one if it is a phone."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        code_id = code_request(
            contact_point=phone_to_prove(contact_point=contact),
            purpose=CodePurpose.RECOGNISE,
            requester=str(contact.pk),
            asked_from=contact,
            request_key=f"api:{key}",
        )
    return Status(202, CodeStarted(code_id=code_id))


@router.post(
    "/{uuid:conversation_id}/codes/confirm",
    response={200: Recognised, **_PROBLEMS},
    operation_id="identity_code_confirm",
)
def code_confirm(request: HttpRequest, conversation_id: uuid.UUID, payload: CodeIn) -> Recognised:
    """Repeat the code; it works once, and a try that was cut off counts."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        recognise_by_code(code_id=payload.code_id, code=payload.code, contact_point=contact)
    return _recognised(contact)


@router.post(
    "/{uuid:conversation_id}/links",
    response={202: CodeStarted, **_PROBLEMS},
    operation_id="identity_link_start",
)
def start_link(
    request: HttpRequest, conversation_id: uuid.UUID, payload: PhoneIn, key: Key
) -> Status[CodeStarted]:
    """Have a code brought to another phone, to link it; known and unknown numbers alike."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        code_id = link_start(
            asked_from=contact,
            contact_point=phone_contact(number=payload.phone, locale=contact.locale),
            requester=str(contact.pk),
            request_key=f"api:{key}",
        )
    return Status(202, CodeStarted(code_id=code_id))


@router.post(
    "/{uuid:conversation_id}/links/confirm",
    response={200: LinkConfirmed, **_PROBLEMS},
    operation_id="identity_link_confirm",
)
def confirm_link(
    request: HttpRequest, conversation_id: uuid.UUID, payload: CodeIn
) -> LinkConfirmed:
    """Repeat the code: both contacts are one resident's from now on.

    The same code repeated after a lost answer hears the same.
    """
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        linked = link_confirm(code_id=payload.code_id, code=payload.code, asked_from=contact)
    contact.refresh_from_db()
    return LinkConfirmed(outcome=linked.outcome, **_recognised(contact).model_dump())


@router.post(
    "/{uuid:conversation_id}/links/vouched",
    response={202: LinkVouched, **_PROBLEMS},
    operation_id="identity_link_vouched",
)
def vouched_link(request: HttpRequest, conversation_id: uuid.UUID, key: Key) -> Status[LinkVouched]:
    """Link the number that the channel vouches for; a number that somebody used takes a code."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        phone = vouched_phone(contact)
        if phone is None:
            raise PhoneNotVouched
        other = phone_contact(number=phone, locale=contact.locale)
        linked: Linked | None = link_vouched(asked_from=contact, contact_point=other)
        if linked is not None:
            return Status(202, LinkVouched(outcome=linked.outcome))
        code_id = link_start(
            asked_from=contact,
            contact_point=other,
            requester=str(contact.pk),
            request_key=f"api:{key}",
        )
    return Status(202, LinkVouched(code_id=code_id))


@router.post(
    "/{uuid:conversation_id}/pin/check",
    response={200: Recognised, **_PROBLEMS},
    operation_id="identity_pin_check",
)
def check_pin(request: HttpRequest, conversation_id: uuid.UUID, payload: PinIn) -> Recognised:
    """Say the PIN; failures lock it."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        recognise_by_pin(contact_point=contact, pin=payload.pin)
    return _recognised(contact)


@router.put(
    "/{uuid:conversation_id}/pin",
    response={200: Recognised, **_PROBLEMS},
    operation_id="identity_pin_set",
)
def set_pin(request: HttpRequest, conversation_id: uuid.UUID, payload: PinIn) -> Recognised:
    """Set or replace the PIN, after a code."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    with _refusals():
        resident = level_require(contact_point=contact, level=Level.SPENDING)
        pin_set(resident_id=resident.pk, pin=payload.pin)
    return _recognised(contact)


@router.delete(
    "/{uuid:conversation_id}",
    response={200: Recognised, **_PROBLEMS},
    operation_id="identity_forget",
)
def forget(request: HttpRequest, conversation_id: uuid.UUID) -> Recognised:
    """Forget what was proved here: "that is all", or a hung-up call."""
    require_scope(request, "identity:write")
    contact = _contact(conversation_id)
    recognition_end(contact_point=contact)
    return _recognised(contact)


def _contact(conversation_id: uuid.UUID) -> ContactPoint:
    conversation = (
        Conversation.objects.select_related("contact_point__resident")
        .filter(pk=conversation_id)
        .first()
    )
    if conversation is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return conversation.contact_point


def _recognised(contact: ContactPoint) -> Recognised:
    return Recognised(
        level=level_at(contact_point=contact).name.lower(),
        ways=list(ways_of(resident=contact.resident)) if contact.resident else [],
        is_shared=is_shared(contact_point=contact),
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """What the services refuse, as problems."""
    try:
        yield
    except AddressInvalid as error:
        raise Problem(422, error.code, MESSAGES[error.code]) from error
    except IdentityError as error:
        fields = {}
        if isinstance(error, CodesLimited):
            fields["retry_after_s"] = str(error.retry_after_s)
        if isinstance(error, CodeWrong | PinWrong):
            fields["attempts_left"] = str(error.attempts_left)
        status = 429 if isinstance(error, CodesLimited) else 409
        raise Problem(status, error.code, MESSAGES[error.code], fields) from error
