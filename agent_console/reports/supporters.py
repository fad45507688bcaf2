"""Supporting a report, and following it no more.  Each public function is one transaction."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.selectors import is_same_person, residents_same
from agent_console.conversations.models import Conversation

from . import queue
from .announcing import announce_report
from .models import Report, Support, SupportAction, SupportChange, SupportReward
from .support_errors import OwnReport, ReportClosed, SupportConflict, SupportUnknown
from .workflow import CLOSED, State


@transaction.atomic
def report_support(
    *,
    report: Report,
    key: str,
    conversation: Conversation | None = None,
    channel: str = "",
    actor: User | None = None,
) -> Support:
    """Count one more person who has the problem of ``report``, and keep them informed.

    ``conversation`` says who it is; without one it is a caller (``channel``) whom ``actor``
    attaches, counted once per ``key``.  Somebody who supports already changes nothing, somebody
    who had withdrawn is counted and told again.  The same ``key`` is the same act: sent late, it
    does not undo a withdrawal.

    ONE transaction under the report's lock holds the support, its history, its promised reward
    and the job that opens it: a report that is closed meanwhile can't be joined, two requests at
    once count one person.  Only a resident who is known already can earn, and only while nobody
    of the service has confirmed the report.

    Raises ``OwnReport``, ``ReportClosed``, ``SupportConflict``.
    """
    report = _locked(report)
    resident = conversation.contact_point.resident if conversation else None
    done = SupportChange.objects.filter(key=key).select_related("support").first()
    if done is not None:
        if done.action != SupportAction.JOINED or not _is_of(done.support, report, conversation):
            raise SupportConflict
        return done.support
    if conversation is not None and _is_author(report, conversation, resident):
        raise OwnReport
    if report.state in CLOSED:
        raise ReportClosed(
            state=report.state,
            state_label=State(report.state).label,
            original=report.duplicate_of.reference_display if report.duplicate_of else "",
        )
    support = _open(
        report,
        conversation=conversation,
        resident=resident,
        channel=conversation.channel if conversation else channel or ChannelCode.PHONE,
    )
    SupportChange.objects.create(support=support, action=SupportAction.JOINED, key=key, actor=actor)
    if report.state == State.RECEIVED:
        _promise(support)
    announce_report(report)
    return support


@transaction.atomic
def report_unsupport(*, report: Report, conversation: Conversation) -> Support:
    """Withdraw a support: no news, not counted, and what it may still have earned is dropped.

    Points that came already stay.  Withdrawing again changes nothing.

    Raises ``SupportUnknown``.
    """
    report = _locked(report)
    support = _find(report, conversation, conversation.contact_point.resident)
    if support is None:
        raise SupportUnknown
    if support.ended_at is None:
        _end(support)
        announce_report(report)
    return support


def duplicate_attach(*, report: Report, original: Report) -> None:
    """Make the author and the supporters of a duplicate supporters of the report that is kept.

    Part of the CALLER's transaction, which holds the locks of both reports.  Who stands behind
    the kept report already is not counted twice; an author whom nobody knows counts too.
    """
    _attach(
        original,
        conversation=report.conversation,
        resident=report.resident,
        channel=report.channel,
        came_from=report,
    )
    for support in report.supports.filter(ended_at=None).select_related("conversation", "resident"):
        _attach(
            original,
            conversation=support.conversation,
            resident=support.resident,
            channel=support.channel,
            came_from=report,
        )
    announce_report(original)


def duplicate_detach(*, report: Report) -> None:
    """Undo ``duplicate_attach`` when a duplicate is taken up again; in the CALLER's transaction."""
    for support in Support.objects.filter(came_from=report, ended_at=None):
        _end(support)


def supporters_count(report: Report) -> int:
    """How many support it beside its author."""
    return report.supports.filter(ended_at=None).count()


def support_of(report: Report, conversation: Conversation) -> Support | None:
    """The support of whoever is in ``conversation``, also a withdrawn one."""
    return _find(report, conversation, conversation.contact_point.resident)


def is_author(report: Report, conversation: Conversation) -> bool:
    """Whether whoever is in ``conversation`` made the report."""
    return _is_author(report, conversation, conversation.contact_point.resident)


def _attach(
    original: Report,
    *,
    conversation: Conversation | None,
    resident: Resident | None,
    channel: str,
    came_from: Report,
) -> None:
    if conversation is not None and _is_author(original, conversation, resident):
        return
    if resident is not None and is_same_person(one=resident.pk, other=original.resident_id):
        return
    known = _find(original, conversation, resident)
    if known is not None and known.ended_at is None:
        return
    support = _open(original, conversation=conversation, resident=resident, channel=channel)
    support.came_from = came_from
    support.save(update_fields=["came_from"])
    SupportChange.objects.create(support=support, action=SupportAction.JOINED)
    _promise(support)


def _open(
    report: Report, *, conversation: Conversation | None, resident: Resident | None, channel: str
) -> Support:
    """The person's support, begun or begun again; told of what comes from now on."""
    last = report.transitions.order_by("-id").values_list("id", flat=True).first() or 0
    support = _find(report, conversation, resident)
    if support is None:
        return Support.objects.create(
            report=report,
            resident=resident,
            conversation=conversation,
            channel=channel,
            told_up_to=last,
        )
    if support.ended_at is not None:
        support.ended_at, support.told_up_to, support.came_from = None, last, None
        support.conversation = conversation or support.conversation
        support.save(update_fields=["ended_at", "told_up_to", "came_from", "conversation"])
    return support


def _end(support: Support) -> None:
    support.ended_at = timezone.now()
    support.save(update_fields=["ended_at"])
    SupportChange.objects.create(support=support, action=SupportAction.LEFT)
    queue.enqueue_support_reward(support_id=support.pk)


def _promise(support: Support) -> None:
    """One reward at most per support, whatever is withdrawn and begun again."""
    if support.resident_id is None or not support.report.category.reward_rule:
        return
    _, is_new = SupportReward.objects.get_or_create(support=support)
    if is_new:
        queue.enqueue_support_reward(support_id=support.pk)


def _find(
    report: Report, conversation: Conversation | None, resident: Resident | None
) -> Support | None:
    """The person's support, by who they are first."""
    if resident is not None:
        same_person = residents_same(resident_id=resident.pk)
        found = report.supports.filter(resident__in=same_person).first()
        if found is not None:
            return found
    if conversation is None:
        return None
    same = Q(conversation=conversation)
    if resident is not None:
        same &= Q(resident=None) | Q(resident__in=same_person)
    return report.supports.filter(same).first()


def _is_of(support: Support, report: Report, conversation: Conversation | None) -> bool:
    if support.report_id != report.pk:
        return False
    if conversation is None:
        return support.conversation_id is None
    return support.conversation_id == conversation.pk or is_same_person(
        one=conversation.contact_point.resident_id, other=support.resident_id
    )


def _is_author(report: Report, conversation: Conversation, resident: Resident | None) -> bool:
    if report.conversation_id == conversation.pk:
        return True
    return resident is not None and is_same_person(one=resident.pk, other=report.resident_id)


def _locked(report: Report) -> Report:
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("category", "duplicate_of")
        .get(pk=report.pk)
    )
