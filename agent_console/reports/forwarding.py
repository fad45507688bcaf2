"""What is not the Metropolis' goes to who is competent, or the right door is named."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from . import queue
from .announcing import announce_report
from .errors import BodyUnknown, ForwardUnknown, PermissionMissing, TransitionRefused
from .mail import is_mail_on
from .models import Body, Forward, ForwardState, Handover, Report
from .workflow import CLOSED, State

_FORWARD = "reports.assign_report"


@transaction.atomic
def report_forward(*, report: Report, actor: User, body_code: str) -> Forward:
    """Hand an open report to a body that an agent chose; again to the same one changes nothing.

    Raises ``PermissionMissing``, ``BodyUnknown``, ``TransitionRefused``.
    """
    if not actor.has_perm(_FORWARD):
        raise PermissionMissing
    body = Body.objects.filter(pk=body_code).first()
    if body is None or body.is_ours:
        raise BodyUnknown
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.state in CLOSED:
        raise TransitionRefused(State(locked.state).label)
    locked.body = body
    locked.save(update_fields=["body"])
    forward = forward_open(locked, body=body, actor=actor)
    queue.enqueue_outcome(report_id=locked.id)
    announce_report(locked)
    return forward


@transaction.atomic
def forward_done(*, forward_id: int, actor: User) -> Forward:
    """An agent has handed it over; raises ``PermissionMissing``, ``ForwardUnknown``."""
    if not actor.has_perm(_FORWARD):
        raise PermissionMissing
    forward = (
        Forward.objects.select_for_update(of=("self",))
        .select_related("report", "body")
        .filter(pk=forward_id)
        .first()
    )
    if forward is None:
        raise ForwardUnknown
    if forward.state == ForwardState.TO_DO:
        _end(forward, ForwardState.DONE)
        forward.ended_by = actor
        forward.save(update_fields=["ended_by"])
        announce_report(forward.report)
    return forward


def forward_open(report: Report, *, body: Body, actor: User | None) -> Forward:
    """Note what must be handed over, inside the caller's transaction; once per body."""
    forward, is_new = Forward.objects.get_or_create(
        report=report, body=body, defaults={"state": _first_state(body), "created_by": actor}
    )
    if is_new and forward.state == ForwardState.QUEUED:
        queue.enqueue_forward(forward_id=forward.pk)
    if is_new and forward.state == ForwardState.NAMED:
        _end(forward, ForwardState.NAMED)
    return forward


@transaction.atomic
def forward_sent(*, forward_id: int) -> None:
    """The e-mail left; one that was handed over by other means meanwhile stays as it is."""
    forward = Forward.objects.select_for_update(of=("self",)).get(pk=forward_id)
    if forward.state == ForwardState.QUEUED:
        _end(forward, ForwardState.SENT)


def _first_state(body: Body) -> ForwardState:
    if body.handover == Handover.CITIZEN:
        return ForwardState.NAMED
    if body.handover == Handover.EMAIL and body.email and is_mail_on():
        return ForwardState.QUEUED
    return ForwardState.TO_DO


def _end(forward: Forward, state: ForwardState) -> None:
    forward.state, forward.ended_at = state, timezone.now()
    forward.save(update_fields=["state", "ended_at"])
