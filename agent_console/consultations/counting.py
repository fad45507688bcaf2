"""The count: all envelopes of a consultation are opened at once, and only sums are written."""

import logging
import uuid

from django.db import transaction
from django.utils import timezone

from .disclosure import cells_shown, is_too_few
from .models import Consultation, CountedBallot, SealedBallot, Tally
from .urn import Ballot, Urn, urn_destroy, urn_open
from .workflow import State

logger = logging.getLogger(__name__)


def ballots_count(*, consultation_id: uuid.UUID) -> None:
    """Count a closed consultation, then destroy its urn.

    A ballot counts when its receipt code is that of somebody on the roll, once: what was slipped
    in, copied or replaced in the database is left out and told of by its number.

    ONE transaction opens, sums, writes and removes the envelopes: a crash leaves all of them or
    none.  The urn's file goes after the commit, by this run or by the next.  Sums and codes are
    written in the order of their own values, so their rows' places say nothing of who came when.
    Raises ``UrnUnavailable``; nothing is written then.
    """
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
        if consultation.state not in (State.CLOSED, State.PUBLISHED):
            return
        if consultation.counted_at is None:
            _count(consultation)
    urn_destroy(consultation_id=consultation_id)


def _count(consultation: Consultation) -> None:
    urn = urn_open(consultation_id=consultation.pk, fingerprint=consultation.urn_fingerprint)
    sealed = SealedBallot.objects.filter(consultation=consultation)
    envelopes = [bytes(envelope) for envelope in sealed.values_list("envelope", flat=True)]
    roll = set(consultation.roll.values_list("pk", flat=True))
    valid = _valid(urn, envelopes, roll, set(consultation.choices.values_list("pk", flat=True)))
    consultation.counted_at = timezone.now()
    consultation.ballots_count = len(valid)
    consultation.spoiled_count = len(roll) - len(valid)
    consultation.foreign_count = len(envelopes) - len(valid)
    consultation.save()
    if consultation.spoiled_count or consultation.foreign_count:
        logger.error(
            "ballots do not agree with the roll",
            extra={"consultation_id": str(consultation.pk), "count": consultation.spoiled_count},
        )
    CountedBallot.objects.bulk_create(
        CountedBallot(code=code, consultation=consultation) for code in sorted(valid)
    )
    if not is_too_few(len(valid)):
        _write_sums(valid)
    sealed.delete()


def _valid(
    urn: Urn, envelopes: list[bytes], roll: set[uuid.UUID], choices: set[uuid.UUID]
) -> dict[str, Ballot]:
    expected = {urn.code(entry) for entry in roll}
    found: dict[str, Ballot] = {}
    for envelope in envelopes:
        ballot = urn.unseal(envelope)
        if ballot is not None and ballot.code in expected and ballot.choice_id in choices:
            found.setdefault(ballot.code, ballot)
    return found


def _write_sums(valid: dict[str, Ballot]) -> None:
    cells = cells_shown((ballot.choice_id, ballot.insee) for ballot in valid.values())
    Tally.objects.bulk_create(
        Tally(choice_id=choice_id, commune_id=insee or None, votes=votes)
        for insee, counts in sorted(cells.items())
        for choice_id, votes in sorted(counts.items())
    )
