"""A vote is cast: once per person, sealed before the database sees it."""

import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agent_console.citizens.consents import Wish, consent_of
from agent_console.citizens.models import ChannelCode
from agent_console.digests import keyed_digest
from agent_console.places.models import Commune

from . import queue
from .errors import (
    AlreadyVoted,
    ChoiceUnknown,
    CommuneMissing,
    CommuneUnknown,
    ConsultationClosed,
    ConsultationUnknown,
    NotOpenYet,
    OutsideCommune,
)
from .models import Consultation, RollEntry, SealedBallot, VoteReward
from .urn import Ballot, urn_open
from .voters import numbers_of
from .workflow import State


@dataclass(frozen=True)
class Cast:
    """A vote that was taken in; ``code`` is the receipt.  ``earns``: points were asked for."""

    code: str
    earns: bool


@transaction.atomic
def vote_cast(
    *,
    consultation_id: uuid.UUID,
    resident_id: uuid.UUID,
    choice_id: uuid.UUID,
    insee: str,
    channel: ChannelCode,
    key: str,
) -> Cast:
    """Take in the vote of a resident who was verified by the caller.

    ``insee``: the commune or arrondissement they say to live in; may be empty where everybody may
    vote.  ``key`` is the request's idempotency key: the same person with the same key gets the
    first answer again, whatever the request says (what was voted is not known any more).

    ONE transaction writes the roll, the envelope and what the points hang on, so a crash leaves
    all or none; the consultation's row is locked against a second channel and against closing.
    Raises ``ConsultationUnknown``, ``NotOpenYet``, ``ConsultationClosed``, ``ChoiceUnknown``,
    ``CommuneMissing``, ``CommuneUnknown``, ``OutsideCommune``, ``AlreadyVoted``,
    ``UrnUnavailable``.
    """
    consultation = consultation_taking(consultation_id=consultation_id)
    urn = urn_open(consultation_id=consultation_id, fingerprint=consultation.urn_fingerprint)
    known = _roll_of(consultation, resident_id)
    key_digest = keyed_digest(domain="vote-key", text=f"{consultation_id} {key}")
    if known is not None:
        if not hmac.compare_digest(bytes(known.key), key_digest):
            raise AlreadyVoted
        return Cast(code=urn.code(known.pk), earns=_earns(consultation, resident_id))
    # All are read and compared here: a statement that named one would stand in the database's log.
    if choice_id not in set(consultation.choices.values_list("pk", flat=True)):
        raise ChoiceUnknown
    commune_check(consultation=consultation, insee=insee)
    entry = RollEntry.objects.create(
        consultation=consultation, voter=voter_digest(consultation_id, resident_id), key=key_digest
    )
    code = urn.code(entry.pk)
    ballot = Ballot(code=code, choice_id=choice_id, insee=insee)
    SealedBallot.objects.create(consultation=consultation, envelope=urn.seal(ballot))
    earns = consent_of(resident_id=resident_id).wish is Wish.AGREED
    if earns:  # nobody is asked because they vote: that is asked, once, elsewhere
        reward = VoteReward.objects.create(
            consultation=consultation, resident_id=resident_id, channel=channel
        )
        queue.enqueue_reward(evidence=reward.evidence)
    return Cast(code=code, earns=earns)


def consultation_taking(*, consultation_id: uuid.UUID) -> Consultation:
    """The consultation, locked, if it takes votes and proposals now; inside a transaction.

    Raises ``ConsultationUnknown``, ``NotOpenYet``, ``ConsultationClosed``.
    """
    consultation = (
        Consultation.objects.select_for_update(no_key=True)
        .filter(pk=consultation_id)
        .exclude(state=State.DRAFT)
        .first()
    )
    if consultation is None:
        raise ConsultationUnknown
    now = timezone.now()
    if consultation.state != State.OPEN or now >= consultation.ends_at:
        raise ConsultationClosed
    if now < consultation.starts_at:
        raise NotOpenYet
    return consultation


def commune_check(*, consultation: Consultation, insee: str) -> None:
    """Whether somebody of that commune may vote; no statement names it.

    Raises ``CommuneMissing``, ``CommuneUnknown``, ``OutsideCommune``.
    """
    asked = set(consultation.communes.values_list("pk", flat=True))
    if not insee:
        if asked:
            raise CommuneMissing
        return
    parents: dict[str, str | None] = dict(Commune.objects.values_list("pk", "parent"))
    if insee not in parents:
        raise CommuneUnknown
    if asked and not asked & {insee, parents[insee]}:
        raise OutsideCommune


def receipt_of(*, consultation: Consultation, resident_id: uuid.UUID) -> str | None:
    """The receipt code of somebody who has voted, until the count; then nobody can tell it.

    Raises ``UrnUnavailable``.
    """
    known = _roll_of(consultation, resident_id)
    if known is None or consultation.counted_at is not None:
        return None
    urn = urn_open(consultation_id=consultation.pk, fingerprint=consultation.urn_fingerprint)
    return urn.code(known.pk)


def has_voted(*, consultation: Consultation, resident_id: uuid.UUID) -> bool:
    """Whether this person, under any of their numbers, has voted."""
    return _roll_of(consultation, resident_id) is not None


def voter_digest(consultation_id: uuid.UUID, resident_id: uuid.UUID) -> bytes:
    """A resident on one consultation's roll: without the key not theirs, and no other roll's."""
    return keyed_digest(domain="vote", text=f"{consultation_id} {resident_id}")


def _roll_of(consultation: Consultation, resident_id: uuid.UUID) -> RollEntry | None:
    numbers: Iterable[uuid.UUID] = numbers_of(resident_id=resident_id)
    digests = [voter_digest(consultation.pk, number) for number in numbers]
    return consultation.roll.filter(voter__in=digests).first()


def _earns(consultation: Consultation, resident_id: uuid.UUID) -> bool:
    return VoteReward.objects.filter(
        consultation=consultation, resident__in=numbers_of(resident_id=resident_id)
    ).exists()
