"""One vote per person, whoever asks and however often; what is refused, and with which code."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.tests.given import with_wallet
from agent_console.consultations import errors
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import (
    Consultation,
    CountedBallot,
    RollEntry,
    SealedBallot,
    Tally,
    VoteReward,
)
from agent_console.consultations.selectors import is_counted
from agent_console.consultations.services import consultation_take_back, consultations_close_due
from agent_console.consultations.tests.conftest import (
    AIX,
    MARSEILLE,
    MARSEILLE_6,
    ended,
    vote,
)
from agent_console.consultations.urn import urn_open
from agent_console.consultations.voting import vote_cast

pytestmark = pytest.mark.django_db


def _closed(consultation: Consultation) -> Consultation:
    ended(consultation)
    assert consultations_close_due(now=timezone.now()) == 1
    ballots_count(consultation_id=consultation.pk)
    consultation.refresh_from_db()
    return consultation


def test_a_second_vote_is_refused_and_the_first_answer_repeated(consultation: Consultation) -> None:
    resident = Resident.objects.create()
    first = vote(consultation, resident, key="turn:1")
    assert vote(consultation, resident, 2, key="turn:1") == first
    with pytest.raises(errors.AlreadyVoted):
        vote(consultation, resident, 2, key="turn:2")
    assert (RollEntry.objects.count(), SealedBallot.objects.count()) == (1, 1)


def test_merged_residents_have_one_vote(consultation: Consultation) -> None:
    one = Resident.objects.create()
    vote(consultation, one)
    other = Resident.objects.create()
    one.merged_into = other
    one.save()
    with pytest.raises(errors.AlreadyVoted):
        vote(consultation, other)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_two_channels_at_once_make_one_vote(
    make_consultation: Callable[..., Consultation],
) -> None:
    consultation = make_consultation()
    residents = [Resident.objects.create() for _ in range(4)]
    start = threading.Barrier(2)

    def cast(channel: ChannelCode) -> list[bool]:
        outcomes = []
        try:
            for resident in residents:
                start.wait()
                try:
                    vote(consultation, resident, channel=channel)
                    outcomes.append(True)
                except errors.AlreadyVoted:
                    outcomes.append(False)
        finally:
            connection.close()
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        by_channel = list(pool.map(cast, (ChannelCode.SMS, ChannelCode.WEB)))
    assert [sum(pair) for pair in zip(*by_channel, strict=True)] == [1, 1, 1, 1]
    assert (RollEntry.objects.count(), SealedBallot.objects.count()) == (4, 4)


def test_the_database_refuses_a_second_roll_entry(consultation: Consultation) -> None:
    vote(consultation, Resident.objects.create())
    entry = RollEntry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RollEntry.objects.create(consultation=consultation, voter=entry.voter, key=b"k")
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        RollEntry.objects.all().delete()


def test_what_is_not_open_takes_no_vote(
    make_consultation: Callable[..., Consultation], supervisor: User
) -> None:
    resident = Resident.objects.create()
    early = make_consultation(starts_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(errors.NotOpenYet):
        vote(early, resident)
    consultation_take_back(consultation_id=early.pk, actor=supervisor)
    with pytest.raises(errors.ConsultationUnknown):
        vote(early, resident)
    over = make_consultation()
    ended(over)  # nobody has closed it yet
    with pytest.raises(errors.ConsultationClosed):
        vote(over, resident)
    _closed(over)
    with pytest.raises(errors.ConsultationClosed):
        vote(over, resident)
    assert not RollEntry.objects.exists()


def test_only_those_asked_vote(make_consultation: Callable[..., Consultation]) -> None:
    resident = Resident.objects.create()
    consultation = make_consultation(insee=[MARSEILLE])
    for insee, refusal in (
        (AIX, errors.OutsideCommune),
        ("", errors.CommuneMissing),
        ("75056", errors.CommuneUnknown),
    ):
        with pytest.raises(refusal):
            vote(consultation, resident, insee=insee)
    with pytest.raises(errors.ChoiceUnknown):  # a choice, but of another consultation
        vote_cast(
            consultation_id=consultation.pk,
            resident_id=resident.pk,
            choice_id=make_consultation().choices.get(position=1).pk,
            insee=MARSEILLE,
            channel=ChannelCode.SMS,
            key="turn:1",
        )
    assert vote(consultation, resident, insee=MARSEILLE_6).code


def test_points_hang_on_taking_part_alone(consultation: Consultation) -> None:
    for place in (1, 2):
        vote(consultation, with_wallet(), place)
    rewards = list(VoteReward.objects.values("state", "points", "refusal_code", "channel"))
    assert len(rewards) == 2
    assert rewards[0] == rewards[1]


def test_without_a_wallet_one_votes_all_the_same(consultation: Consultation) -> None:
    resident = Resident.objects.create()
    assert vote(consultation, resident).earns is False
    resident.refresh_from_db()
    assert resident.wallet_id is None
    assert not VoteReward.objects.exists()


def test_nobody_votes_into_an_urn_that_is_not_there(
    consultation: Consultation, urn_folder: Path
) -> None:
    file = next(urn_folder.iterdir())
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_bytes()
    resident = Resident.objects.create()
    for content in (None, b"short", bytes(32)):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(errors.UrnUnavailable):
            vote(consultation, resident)
    file.write_bytes(kept)
    assert vote(consultation, resident).code


def test_the_count_keeps_sums_and_codes_and_destroys_the_urn(
    consultation: Consultation, urn_folder: Path
) -> None:
    codes = [
        vote(consultation, Resident.objects.create(), 1 + (number % 3 == 0), insee=AIX).code
        for number in range(12)
    ]
    _closed(consultation)
    assert (consultation.ballots_count, consultation.spoiled_count) == (12, 0)
    assert dict(Tally.objects.values_list("choice__position", "votes")) == {1: 8, 2: 4}
    assert not SealedBallot.objects.exists()
    assert list(urn_folder.iterdir()) == []
    assert all(is_counted(consultation=consultation, code=code.lower()) for code in codes)
    assert not is_counted(consultation=consultation, code="AAAA-BBBB-CCCC-DDDD")
    ballots_count(consultation_id=consultation.pk)  # a job may run again
    assert CountedBallot.objects.count() == 12


def test_few_votes_are_destroyed_unread(consultation: Consultation) -> None:
    for _ in range(9):
        vote(consultation, Resident.objects.create())
    _closed(consultation)
    assert consultation.ballots_count == 9
    assert not Tally.objects.exists()


def test_what_was_slipped_into_the_database_does_not_count(consultation: Consultation) -> None:
    for _ in range(12):
        vote(consultation, Resident.objects.create())
    envelopes = list(SealedBallot.objects.all())
    copied = bytes(envelopes[0].envelope)
    SealedBallot.objects.create(consultation=consultation, envelope=copied)
    SealedBallot.objects.create(consultation=consultation, envelope=b"made up")
    SealedBallot.objects.filter(pk=envelopes[1].pk).update(envelope=copied)
    _closed(consultation)
    assert consultation.ballots_count == 11
    assert (consultation.spoiled_count, consultation.foreign_count) == (1, 3)


def test_a_count_without_its_urn_writes_nothing(
    consultation: Consultation, urn_folder: Path
) -> None:
    vote(consultation, Resident.objects.create())
    ended(consultation)
    consultations_close_due(now=timezone.now())
    next(urn_folder.iterdir()).unlink()
    with pytest.raises(errors.UrnUnavailable):
        ballots_count(consultation_id=consultation.pk)
    assert SealedBallot.objects.count() == 1
    assert not CountedBallot.objects.exists()


def test_an_envelope_fits_its_consultation_only(
    make_consultation: Callable[..., Consultation],
) -> None:
    one, other = make_consultation(), make_consultation()
    vote(one, Resident.objects.create())
    envelope = bytes(SealedBallot.objects.get().envelope)
    wrong = urn_open(consultation_id=other.pk, fingerprint=other.urn_fingerprint)
    assert wrong.unseal(envelope) is None
    right = urn_open(consultation_id=one.pk, fingerprint=one.urn_fingerprint)
    assert right.unseal(envelope) is not None
