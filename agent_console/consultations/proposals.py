"""What residents propose: masked by the worker, then accepted or refused by a supervisor."""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.digests import keyed_digest
from agent_console.masking.text import masked

from . import queue
from .errors import (
    PermissionMissing,
    ProposalInvalid,
    ProposalsLimited,
    ProposalsOff,
    ProposalUnread,
    ReasonMissing,
)
from .models import (
    PROPOSAL_CHARS_MAX,
    REASON_CHARS_MAX,
    Proposal,
    ProposalDecision,
    ProposalState,
)
from .voters import numbers_of
from .voting import commune_check, consultation_taking

PERMISSION = "consultations.moderate_proposals"
PER_RESIDENT_MAX = 3


@transaction.atomic
def proposal_submit(
    *, consultation_id: uuid.UUID, resident_id: uuid.UUID, text: str, insee: str = ""
) -> Proposal:
    """Take in what a verified resident proposes; the same words of the same person are one.

    The masking's job commits with it; nobody reads the words before.  Raises what
    ``consultation_taking`` and ``commune_check`` do, ``ProposalsOff``, ``ProposalInvalid`` (empty,
    too long), ``ProposalsLimited``.
    """
    consultation = consultation_taking(consultation_id=consultation_id)
    if not consultation.accepts_proposals:
        raise ProposalsOff
    commune_check(consultation=consultation, insee=insee)
    said = " ".join(text.split())
    if not said or len(said) > PROPOSAL_CHARS_MAX:
        raise ProposalInvalid
    numbers = numbers_of(resident_id=resident_id)
    authors = [author_digest(consultation_id, number) for number in numbers]
    own = consultation.proposals.filter(author__in=authors)
    same = own.filter(text=said).first()
    if same is not None:
        return same
    if own.count() >= PER_RESIDENT_MAX:
        raise ProposalsLimited
    proposal = Proposal.objects.create(
        consultation=consultation, author=author_digest(consultation_id, resident_id), text=said
    )
    queue.enqueue_masking(proposal_id=proposal.pk)
    return proposal


def proposal_mask(*, proposal_id: uuid.UUID) -> None:
    """Replace the words by the masked ones, for good; running again changes nothing.

    The language model works before the transaction begins.  ONE transaction then writes words and
    state under the row's lock.
    """
    before = Proposal.objects.filter(pk=proposal_id, state=ProposalState.RECEIVED).first()
    if before is None:
        return
    readable = masked(before.text).text[:PROPOSAL_CHARS_MAX]
    with transaction.atomic():
        proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
        if proposal.state == ProposalState.RECEIVED:
            proposal.text, proposal.state = readable, ProposalState.WAITING
            proposal.save()


@transaction.atomic
def proposal_decide(
    *, proposal_id: uuid.UUID, is_accepted: bool, reason: str, actor: User
) -> Proposal:
    """Accept or refuse; a refusal says why.  May be decided again, the history keeps both.

    Raises ``PermissionMissing``, ``ProposalUnread``, ``ReasonMissing``.
    """
    if not actor.has_perm(PERMISSION):
        raise PermissionMissing
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state == ProposalState.RECEIVED:
        raise ProposalUnread
    said = reason.strip()[:REASON_CHARS_MAX]
    if not is_accepted and not said:
        raise ReasonMissing
    proposal.state = ProposalState.ACCEPTED if is_accepted else ProposalState.REFUSED
    proposal.save()
    ProposalDecision.objects.create(
        proposal=proposal, is_accepted=is_accepted, reason=said, actor=actor
    )
    return proposal


def author_digest(consultation_id: uuid.UUID, resident_id: uuid.UUID) -> bytes:
    return keyed_digest(domain="proposal", text=f"{consultation_id} {resident_id}")
