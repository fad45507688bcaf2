"""Whether somebody wants points: asked once, answered by them, taken back as easily.

Reports and pickups need no consent.  The wallet does: without a yes no wallet number is drawn and
nothing is credited.  Who takes a yes back keeps the points that they have, and earns no more.
A person's answers are those of all their numbers (``selectors.residents_same``).
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import queue
from .consent_texts import CURRENT
from .errors import ConsentMissing
from .models import ChannelCode, ConsentAnswer, ConsentBy, Resident, WalletConsent
from .selectors import resident_current, residents_same


class Wish(StrEnum):
    """What is known of a person's wish."""

    UNASKED = "unasked"
    ASKED = "asked"  # and not answered
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """The wish, and the record that says so."""

    wish: Wish
    record: WalletConsent | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer and where it comes from; ``key``: of the request, for repetitions."""

    answer: ConsentAnswer
    channel: ChannelCode
    by: ConsentBy = ConsentBy.PERSON
    actor: User | None = None
    key: str | None = None


def consent_of(*, resident_id: uuid.UUID) -> Consent:
    """What the person wants now."""
    return consent_of_same(residents_same(resident_id=resident_id))


def consent_of_same(same: frozenset[uuid.UUID]) -> Consent:
    """As ``consent_of``, of somebody whose numbers were looked up already."""
    records = WalletConsent.objects.filter(resident__in=same).order_by("-at", "-id")
    newest = records.exclude(answer=ConsentAnswer.ASKED).first() or records.first()
    return Consent(Wish(newest.answer), newest) if newest else Consent(Wish.UNASKED)


def residents_unwilling(resident_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of them who have said no, or taken their yes back."""
    no = (ConsentAnswer.REFUSED, ConsentAnswer.WITHDRAWN)
    unclear = Q(pk__in=resident_ids) & (
        Q(consents__answer__in=no) | Q(merged_into__isnull=False) | Q(merged__isnull=False)
    )
    found = Resident.objects.filter(unclear).values_list("pk", flat=True).distinct()
    return frozenset(
        pk for pk in found if consent_of(resident_id=pk).wish in (Wish.REFUSED, Wish.WITHDRAWN)
    )


def consents_of(*, resident_id: uuid.UUID) -> list[WalletConsent]:
    """All that was asked and answered, the newest first."""
    same = residents_same(resident_id=resident_id)
    records = WalletConsent.objects.filter(resident__in=same).select_related("actor")
    return list(records.order_by("-at", "-id"))


def consent_require(*, resident_id: uuid.UUID) -> None:
    """Raises ``ConsentMissing`` (``wallet_unasked``, ``wallet_refused``) unless they said yes."""
    wish = consent_of(resident_id=resident_id).wish
    if wish in (Wish.UNASKED, Wish.ASKED):
        raise ConsentMissing("wallet_unasked")
    if wish is not Wish.AGREED:
        raise ConsentMissing("wallet_refused")


@transaction.atomic
def consent_ask(*, resident_id: uuid.UUID, channel: ChannelCode, key: str) -> bool:
    """Whether to put the question now: once in a person's life, and again for the same ``key``.

    ONE transaction decides and records it, with the person's row locked, so that two channels at
    once ask once.
    """
    resident = _locked(resident_id)
    if WalletConsent.objects.filter(key=key, answer=ConsentAnswer.ASKED).exists():
        return True
    if consent_of(resident_id=resident.pk).wish is not Wish.UNASKED:
        return False
    _record(resident, Said(ConsentAnswer.ASKED, channel, key=key))
    return True


@transaction.atomic
def consent_answer(*, resident_id: uuid.UUID, said: Said) -> Consent:
    """Keep an answer; the same one again adds nothing.

    A "no" after a yes is a withdrawal, whatever it is called.  ONE transaction holds the record and
    the job that lets waiting points come, or go.
    """
    resident = _locked(resident_id)
    now = consent_of(resident_id=resident.pk)
    answer = said.answer
    if now.wish is Wish.AGREED and answer == ConsentAnswer.REFUSED:
        answer = ConsentAnswer.WITHDRAWN
    if now.wish is Wish.WITHDRAWN and answer == ConsentAnswer.REFUSED:
        return now
    if answer == ConsentAnswer.WITHDRAWN and now.wish in (Wish.UNASKED, Wish.ASKED, Wish.REFUSED):
        answer = ConsentAnswer.REFUSED
    if now.wish is Wish(answer):
        return now
    if said.key and (known := WalletConsent.objects.filter(key=said.key).first()):
        return Consent(Wish(known.answer), known)  # a late repetition changes nothing
    record = _record(
        resident, Said(answer, said.channel, by=said.by, actor=said.actor, key=said.key)
    )
    if answer == ConsentAnswer.AGREED and resident.adult_enough_at is None:
        resident.adult_enough_at = timezone.now()
        resident.save(update_fields=["adult_enough_at"])
    queue.enqueue_consent(resident_id=resident.pk)
    return Consent(Wish(answer), record)


def _record(resident: Resident, said: Said) -> WalletConsent:
    return WalletConsent.objects.create(
        resident=resident,
        answer=said.answer,
        text_version=CURRENT,
        by=said.by,
        channel=said.channel,
        actor=said.actor,
        key=said.key,
    )


def _locked(resident_id: uuid.UUID) -> Resident:
    """Whom they are now, locked."""
    current = resident_current(resident_id=resident_id)
    return Resident.objects.select_for_update().get(pk=current.pk)
