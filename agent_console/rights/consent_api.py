"""Whether somebody wants points, for the dialogue: put the question once, keep the answer."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema
from pydantic import ConfigDict

from agent_console.citizens.consent_texts import CURRENT, consent_text
from agent_console.citizens.consents import (
    Consent,
    Said,
    Wish,
    consent_answer,
    consent_ask,
    consent_of,
)
from agent_console.citizens.models import ChannelCode, ConsentAnswer, ConsentBy, ContactPoint
from agent_console.citizens.services import resident_of_contact
from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .speaking import contact_of

router = Router(tags=["identity"])
_PROBLEMS = problems(400, 401, 403, 404, 422)
_PATH = "/{uuid:conversation_id}/consent"
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


class WalletWish(Schema):
    """What the person wants: ``unasked``, ``asked`` (no answer yet), ``agreed``, ``refused``,
    ``withdrawn``; since when, and the words of the question in the conversation's language."""

    wish: str
    at: datetime | None
    text_version: str
    question: str
    yes: str
    no: str


class WalletQuestion(WalletWish):
    """``is_due``: put the question now; true once, and for the same key again."""

    is_due: bool


class WalletAnswerIn(Schema):
    model_config = ConfigDict(extra="forbid")

    answer: Literal["yes", "no"] = Field(description="`no` after a yes takes it back.")
    by: Literal["person", "behalf"] = "person"


@router.get(_PATH, response={200: WalletWish, **_PROBLEMS}, operation_id="wallet_consent")
def consent(request: HttpRequest, conversation_id: uuid.UUID) -> WalletWish:
    """What whoever speaks here wants; nobody known has not been asked."""
    require_scope(request, "identity:read")
    contact = contact_of(conversation_id)
    resident = contact.resident
    found = consent_of(resident_id=resident.pk) if resident else Consent(Wish.UNASKED)
    return WalletWish(**_fields(contact, found))


@router.post(
    f"{_PATH}/question",
    response={200: WalletQuestion, **_PROBLEMS},
    operation_id="wallet_consent_ask",
)
def ask(request: HttpRequest, conversation_id: uuid.UUID, key: Key) -> WalletQuestion:
    """Whether to put the question now, after a request; says so once in a person's life."""
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = resident_of_contact(contact_point_id=contact.pk)
    is_due = consent_ask(
        resident_id=resident.pk, channel=ChannelCode(contact.kind), key=f"ask:{key}"
    )
    found = consent_of(resident_id=resident.pk)
    return WalletQuestion(is_due=is_due, **_fields(contact, found))


@router.put(_PATH, response={200: WalletWish, **_PROBLEMS}, operation_id="wallet_consent_answer")
def answer(
    request: HttpRequest, conversation_id: uuid.UUID, payload: WalletAnswerIn, key: Key
) -> WalletWish:
    """Keep the answer; no field and no deadline of any request depends on it."""
    require_scope(request, "identity:write")
    contact = contact_of(conversation_id)
    resident = resident_of_contact(contact_point_id=contact.pk)
    is_yes = payload.answer == "yes"
    said = Said(
        ConsentAnswer.AGREED if is_yes else ConsentAnswer.REFUSED,
        ChannelCode(contact.kind),
        by=ConsentBy(payload.by),
        key=f"api:{key}",
    )
    return WalletWish(**_fields(contact, consent_answer(resident_id=resident.pk, said=said)))


def _fields(contact: ContactPoint, found: Consent) -> dict[str, Any]:
    words = consent_text(locale=contact.locale)
    return {
        "wish": found.wish.value,
        "at": found.record.at if found.record else None,
        "text_version": CURRENT,
        "question": words.question,
        "yes": words.yes,
        "no": words.no,
    }
