"""What the citizen is told of each step: on the channel they used and in their language."""

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from agent_console.conversations.services import notice_send

from .models import ForwardState, Report, ReportReward, RewardState, Transition
from .receipts import receipt_address
from .workflow import STEPS, ClosureReason, State, Step

_LOCALES = ("fr", "en")


def notice_text(name: str, *, locale: str, context: Mapping[str, Any]) -> str:
    """The text of ``reports/notices/<locale>/<name>.txt``, in French for a language we lack."""
    language = locale[:2] if locale[:2] in _LOCALES else _LOCALES[0]
    return render_to_string(f"reports/notices/{language}/{name}.txt", dict(context)).strip()


def outcome_tell(*, report_id: uuid.UUID) -> None:
    """Tell the citizen what became of the report; each step once, whatever is run again.

    Steps are told in their order, also those whose job was overtaken by the next step's.
    """
    report = (
        Report.objects.select_related(
            "category", "commune", "assigned_to", "conversation", "reward", "duplicate_of"
        )
        .prefetch_related("transitions")
        .get(pk=report_id)
    )
    if report.conversation_id is None:
        return
    seen: Counter[str] = Counter()
    for transition in report.transitions.all():
        if transition.from_state == transition.to_state:
            continue
        seen[transition.to_state] += 1
        step = _step(transition)
        if step is None or not step.notice:
            continue
        # The first time a state is reached keeps the name it has always had.
        nth = seen[transition.to_state]
        cause = f"report:{report.id}:{transition.to_state}" + (f":{nth}" if nth > 1 else "")
        notice_send(
            conversation_id=report.conversation_id,
            cause=cause,
            text=notice_text(
                step.notice, locale=report.locale, context=_context(report, transition)
            ),
            buttons=_buttons(report) if transition.to_state == State.RESOLVED else (),
        )
    _tell_forwards(report)


def _tell_forwards(report: Report) -> None:
    """Who is competent instead, once per body."""
    assert report.conversation_id is not None
    for forward in report.forwards.select_related("body"):
        is_named = forward.state == ForwardState.NAMED
        notice_send(
            conversation_id=report.conversation_id,
            cause=f"report:{report.id}:forward:{forward.pk}",
            text=notice_text(
                "right_door" if is_named else "forwarded",
                locale=report.locale,
                context={"reference": report.reference_display, "body": forward.body},
            ),
        )


def _buttons(report: Report) -> list[dict[str, str]]:
    """The answers to "C'est réglé ?": a line each, what is shown | what is sent as one's words."""
    lines = notice_text(
        "resolved_buttons", locale=report.locale, context={"reference": report.reference_display}
    )
    pairs = (line.partition("|") for line in lines.splitlines())
    return [{"title": title.strip(), "payload": payload.strip()} for title, _, payload in pairs]


def step_told(transition: Transition) -> str:
    """The name of what is told of a step; empty when it changes no state or tells nobody."""
    if transition.from_state == transition.to_state:
        return ""
    step = _step(transition)
    return step.notice if step is not None else ""


def step_reason(transition: Transition, locale: str) -> str:
    """The reason of a step as a citizen reads it; empty when it has none."""
    return _reason(transition, locale)


def _step(transition: Transition) -> Step | None:
    """The table's line; steps from before actions were recorded are known by their target."""
    if transition.action:
        return STEPS.get(transition.action)
    if not transition.from_state:
        return None  # the receipt tells of the intake
    legacy = {State.QUALIFIED: "validate", State.REJECTED: "reject"}
    return STEPS[legacy[State(transition.to_state)]]


def _context(report: Report, transition: Transition) -> dict[str, Any]:
    reward: ReportReward | None = getattr(report, "reward", None)
    # Points that posted by themselves were told of when they did.
    is_news = reward is not None and reward.state == RewardState.POSTED and not reward.is_told
    return {
        "reference": report.reference_display,
        "receipt": receipt_address(report),
        "category": report.category.label(report.locale),
        "points": reward.points if reward is not None and is_news else 0,
        "reason": _reason(transition, report.locale),
        "service": report.assigned_to.label,
        "original": report.duplicate_of.reference_display if report.duplicate_of else "",
    }


def _reason(transition: Transition, locale: str) -> str:
    """The chosen reason and the words beside it, as one sentence part."""
    code = transition.reason_code
    is_closure = STEPS[transition.action].reasons is ClosureReason
    template = "closure_reason" if is_closure else "rejection_reason"
    chosen = notice_text(template, locale=locale, context={"code": code}) if code else ""
    return " – ".join(part for part in (chosen, transition.reason) if part)
