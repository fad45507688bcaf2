"""Reports, supports, pickups, deposits, votes: they stay the city's, without the person.

Whatever the wallet knows a case by (its evidence, a reward's number) is drawn anew or gone, so that
the two databases together name no one.
"""

import secrets
import uuid
from collections.abc import Iterable

from agent_console.collectors.models import Deposit, DepositPart, DepositState
from agent_console.consultations.models import Proposal, VoteReward
from agent_console.consultations.proposals import author_digest
from agent_console.photos.models import Photo, PhotoState
from agent_console.pickups.models import Booking, Reminder
from agent_console.pickups.workflow import LIVE
from agent_console.reports.models import (
    Feedback,
    PhotoKind,
    QuestionKind,
    Report,
    ReportPhoto,
    ReportReward,
    ReportScreening,
    RewardState,
    Support,
    SupportReward,
)

ERASED_CODE = "resident_erased"


def cases_detach(*, resident_ids: frozenset[uuid.UUID]) -> None:
    """In the caller's transaction."""
    for report in Report.objects.select_for_update(of=("self",)).filter(resident__in=resident_ids):
        report_detach(report)
    _rewards_detach(SupportReward.objects.filter(support__resident__in=resident_ids))
    Support.objects.filter(resident__in=resident_ids).update(resident=None, conversation=None)
    for booking in Booking.objects.select_for_update().filter(resident__in=resident_ids):
        booking_detach(booking)
    _deposits_detach(resident_ids)
    VoteReward.objects.filter(resident__in=resident_ids).delete()
    _proposals_detach(resident_ids)


def report_detach(report: Report) -> None:
    """A report stays with what and where it is; its words only as far as they name nobody.

    Words that a program has read for names are masked already; those that it has not read go.
    """
    if not ReportScreening.objects.filter(report=report).exists():
        written = report.category.questions.filter(kind=QuestionKind.TEXT)
        codes = set(written.values_list("code", flat=True))
        report.description = report.place = ""
        report.answers = {k: v for k, v in report.answers.items() if k not in codes}
    ReportScreening.objects.filter(report=report).update(
        description="", place="", address="", answers={}
    )
    report.resident = report.conversation = None
    report.intake_key = f"erased:{uuid.uuid4()}"
    report.intake_sha256 = secrets.token_bytes(32)
    report.receipt_key = uuid.uuid4()
    report.save()
    Feedback.objects.filter(report=report).update(comment="", conversation=None)
    own = ReportPhoto.objects.filter(report=report, kind=PhotoKind.CITIZEN)
    numbers = list(own.values_list("photo", flat=True))
    own.delete()
    Photo.objects.filter(pk__in=numbers).update(
        state=PhotoState.REMOVING, claimed_by=None, claimed_at=None
    )
    _rewards_detach(ReportReward.objects.filter(report=report))


def booking_detach(booking: Booking) -> None:
    """A pickup that is still to come keeps its address, for the crew; a past one loses it."""
    booking.resident = booking.conversation = None
    booking.contact, booking.reminder = "", Reminder.NONE
    booking.household = secrets.token_bytes(32)
    booking.label_key = uuid.uuid4()
    booking.intake_key = f"erased:{uuid.uuid4()}"
    booking.intake_sha256 = secrets.token_bytes(32)
    if booking.state not in LIVE:
        booking.address = booking.place = ""
    booking.save()


def _rewards_detach(rewards: Iterable[ReportReward | SupportReward]) -> None:
    for reward in rewards:
        if reward.state in (RewardState.WAITING, RewardState.PENDING):
            reward.state, reward.refusal_code = RewardState.VOIDED, ERASED_CODE
        reward.evidence, reward.reward_id = uuid.uuid4(), None
        if isinstance(reward, ReportReward):
            reward.look_at = None
        reward.save()


def _deposits_detach(resident_ids: frozenset[uuid.UUID]) -> None:
    """The collector knows a deposit by its number, and the wallet by its parts': both are new."""
    for deposit in Deposit.objects.select_for_update().filter(resident__in=resident_ids):
        parts = list(DepositPart.objects.filter(deposit=deposit))
        DepositPart.objects.filter(deposit=deposit).delete()
        for part in parts:
            part.pk = uuid.uuid4()
            part.reward_id = uuid.uuid4() if part.reward_id else None
            part.save(force_insert=True)
        deposit.external_id = f"erased:{uuid.uuid4()}"
        if deposit.state == DepositState.DUE:
            deposit.state, deposit.refusal_code = DepositState.REFUSED, ERASED_CODE
        deposit.save()


def _proposals_detach(resident_ids: frozenset[uuid.UUID]) -> None:
    for consultation_id in set(Proposal.objects.values_list("consultation", flat=True)):
        authors = [author_digest(consultation_id, number) for number in resident_ids]
        for proposal in Proposal.objects.filter(author__in=authors, consultation=consultation_id):
            proposal.author = secrets.token_bytes(32)
            proposal.save(update_fields=["author"])
