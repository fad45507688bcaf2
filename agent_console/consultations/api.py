"""What the dialogue's actions may ask: what is open, a ballot's link, a vote, a receipt.

Everybody votes on behalf of a conversation whose contact has just been proved.  What is said in a
conversation is kept: a choice sent through ``votes`` stands among its messages unless the caller
sees to it, so prefer ``ballot-links``.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Header, Query, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation
from service_kit.openapi import problems
from service_kit.problems import Problem, refuse
from service_kit.tokens import require_scope

from . import errors, selectors
from .links import LASTS_S, BallotRight, ballot_link
from .models import PROPOSAL_CHARS_MAX, Consultation
from .proposals import proposal_submit
from .texts import message
from .urn import code_shown
from .voters import voter_at
from .voting import has_voted, vote_cast

router = Router(tags=["consultations"])
Locale = Literal["fr", "en"]
Insee = Annotated[str, StringConstraints(pattern=r"^([0-9]{5})?$")]
Key = Annotated[str, Field(min_length=1, max_length=100)]
_STATUS: dict[type[errors.ConsultationError], int] = {
    errors.ConsultationUnknown: 404,
    errors.NotVerified: 403,
    errors.UrnUnavailable: 503,
    errors.ChoiceUnknown: 422,
    errors.CommuneMissing: 422,
    errors.CommuneUnknown: 422,
    errors.ProposalInvalid: 422,
    errors.ProposalsLimited: 429,
}


class BallotChoiceOut(Schema):
    """``number`` is its place on the ballot, from 1."""

    id: uuid.UUID
    number: int
    label: str


class ConsultationOut(Schema):
    """``communes``: INSEE codes of who may vote, empty for everybody.

    ``status``: ``open``, ``not_open_yet``, ``closed`` or ``published``.
    """

    id: uuid.UUID
    status: str
    title: str
    question: str
    text: str
    starts_at: datetime
    ends_at: datetime
    communes: list[str]
    accepts_proposals: bool
    choices: list[BallotChoiceOut]


class ReadIn(Schema):
    model_config = ConfigDict(extra="forbid")

    locale: Locale = "fr"


class OpenIn(ReadIn):
    """``commune``: the INSEE code of a commune or arrondissement; empty: anywhere."""

    commune: Insee = ""


class VoteIn(Schema):
    """``commune``: the INSEE code of where they say to live; asked when communes are named."""

    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    choice: uuid.UUID
    commune: Insee = ""


class VoteOut(Schema):
    """``receipt``: with it the voter sees that the ballot was counted, and nobody sees for what.

    ``earns``: points were asked for; their number does not depend on the answer.
    """

    receipt: str
    earns: bool


class LinkIn(Schema):
    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    locale: Locale = "fr"


class LinkOut(Schema):
    """A public address at which this one person votes once, until ``ends_at``."""

    url: str
    ends_at: datetime


class ReceiptIn(Schema):
    model_config = ConfigDict(extra="forbid")

    receipt: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ReceiptOut(Schema):
    """``counted``, ``not_counted``, or ``not_yet`` before the count."""

    outcome: Literal["counted", "not_counted", "not_yet"]


class ProposalIn(Schema):
    model_config = ConfigDict(extra="forbid")

    conversation: uuid.UUID
    text: Annotated[str, StringConstraints(min_length=1, max_length=PROPOSAL_CHARS_MAX)]
    commune: Insee = ""


class ProposalOut(Schema):
    """Taken in; a person reads it before it is shown."""

    id: uuid.UUID


@router.get(
    "",
    response={200: list[ConsultationOut], **problems(401, 403, 422)},
    operation_id="consultations_open",
)
def open_now(request: HttpRequest, asked: Query[OpenIn]) -> list[ConsultationOut]:
    """Those that take votes now, of a commune if one is said; the first to end first."""
    require_scope(request, "consultations:read")
    found = selectors.consultations_open(at=timezone.now(), insee=asked.commune)
    return [_out(one, asked.locale) for one in found]


@router.get(
    "/{uuid:consultation_id}",
    response={200: ConsultationOut, **problems(401, 403, 404, 422)},
    operation_id="consultation_read",
)
def read(request: HttpRequest, consultation_id: uuid.UUID, asked: Query[ReadIn]) -> ConsultationOut:
    """One that anybody may see."""
    require_scope(request, "consultations:read")
    return _out(_consultation(consultation_id), asked.locale)


@router.post(
    "/{uuid:consultation_id}/votes",
    response={200: VoteOut, **problems(400, 401, 403, 404, 409, 422, 503)},
    operation_id="consultation_vote",
)
def vote(
    request: HttpRequest,
    consultation_id: uuid.UUID,
    payload: VoteIn,
    idempotency_key: Header[Key],
) -> VoteOut:
    """Vote, once: the same Idempotency-Key is answered the same, another one ``already_voted``."""
    token = require_scope(request, "consultations:write")
    conversation = _conversation(payload.conversation)
    with _refusals():
        cast = vote_cast(
            consultation_id=consultation_id,
            resident_id=_voter(conversation),
            choice_id=payload.choice,
            insee=payload.commune,
            channel=ChannelCode(conversation.contact_point.kind),
            key=f"{token.name}:{idempotency_key}",
        )
    return VoteOut(receipt=code_shown(cast.code), earns=cast.earns)


@router.post(
    "/{uuid:consultation_id}/ballot-links",
    response={201: LinkOut, **problems(400, 401, 403, 404, 409, 422)},
    operation_id="consultation_ballot_link",
)
def link(request: HttpRequest, consultation_id: uuid.UUID, payload: LinkIn) -> Status[LinkOut]:
    """Where this person votes, so that the choice stands in no conversation."""
    require_scope(request, "consultations:write")
    conversation = _conversation(payload.conversation)
    consultation = _consultation(consultation_id)
    with _refusals():
        resident_id = _voter(conversation)
        if not selectors.is_taking_votes(consultation):
            is_early = timezone.now() < consultation.starts_at
            raise errors.NotOpenYet if is_early else errors.ConsultationClosed
        if has_voted(consultation=consultation, resident_id=resident_id):
            raise errors.AlreadyVoted
    right = BallotRight(
        consultation_id=consultation_id,
        resident_id=resident_id,
        channel=ChannelCode(conversation.contact_point.kind),
    )
    ends_at = timezone.now() + timedelta(seconds=LASTS_S)
    return Status(201, LinkOut(url=ballot_link(right, locale=payload.locale), ends_at=ends_at))


@router.post(
    "/{uuid:consultation_id}/receipts",
    response={200: ReceiptOut, **problems(400, 401, 403, 404, 422)},
    operation_id="consultation_receipt",
)
def receipt(request: HttpRequest, consultation_id: uuid.UUID, payload: ReceiptIn) -> ReceiptOut:
    """Whether a receipt's ballot was counted; it says nothing of the choice."""
    require_scope(request, "consultations:read")
    consultation = _consultation(consultation_id)
    if consultation.counted_at is None:
        return ReceiptOut(outcome="not_yet")
    counted = selectors.is_counted(consultation=consultation, code=payload.receipt)
    return ReceiptOut(outcome="counted" if counted else "not_counted")


@router.post(
    "/{uuid:consultation_id}/proposals",
    response={201: ProposalOut, **problems(400, 401, 403, 404, 409, 422, 429)},
    operation_id="consultation_propose",
)
def propose(
    request: HttpRequest, consultation_id: uuid.UUID, payload: ProposalIn
) -> Status[ProposalOut]:
    """Take in a proposal; the same words of the same person are one."""
    require_scope(request, "consultations:write")
    conversation = _conversation(payload.conversation)
    with _refusals():
        made = proposal_submit(
            consultation_id=consultation_id,
            resident_id=_voter(conversation),
            text=payload.text,
            insee=payload.commune,
        )
    return Status(201, ProposalOut(id=made.pk))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except errors.ConsultationError as error:
        raise Problem(_STATUS.get(type(error), 409), error.code, message(error.code)) from error


def _voter(conversation: Conversation) -> uuid.UUID:
    resident_id = voter_at(contact_point=conversation.contact_point)
    if resident_id is None:
        raise errors.NotVerified
    return resident_id


def _consultation(consultation_id: uuid.UUID) -> Consultation:
    found = selectors.consultation_find(consultation_id=consultation_id)
    if found is None:
        refuse(404, "consultation_unknown", message("consultation_unknown"))
    return found


def _conversation(conversation_id: uuid.UUID) -> Conversation:
    found = Conversation.objects.select_related("contact_point").filter(pk=conversation_id).first()
    if found is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return found


def _out(consultation: Consultation, locale: Locale) -> ConsultationOut:
    status = str(consultation.state)
    if status == "open" and not selectors.is_taking_votes(consultation):
        is_early = timezone.now() < consultation.starts_at
        status = "not_open_yet" if is_early else "closed"
    return ConsultationOut(
        id=consultation.pk,
        status=status,
        title=getattr(consultation, f"title_{locale}"),
        question=getattr(consultation, f"question_{locale}"),
        text=getattr(consultation, f"text_{locale}"),
        starts_at=consultation.starts_at,
        ends_at=consultation.ends_at,
        communes=sorted(commune.pk for commune in consultation.communes.all()),
        accepts_proposals=consultation.accepts_proposals,
        choices=[
            BallotChoiceOut(
                id=choice.pk, number=choice.position, label=getattr(choice, f"label_{locale}")
            )
            for choice in consultation.choices.all()
        ],
    )
