"""What a receipt shows: no name, no address, nothing that anybody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_console.reports.models import Body, Report, Transition
from agent_console.reports.notices import notice_text
from agent_console.reports.receipts import contact_body
from agent_console.reports.workflow import CLOSED, State

# French, English.  The console's words are an agent's; these are for whoever reported.
_WORDS = {
    State.RECEIVED: ("Reçu, à vérifier", "Received, to be checked"),
    State.QUALIFIED: ("Confirmé", "Confirmed"),
    State.ASSIGNED: ("Confié à un service", "Handed to a service"),
    State.IN_PROGRESS: ("Une équipe intervient", "A crew is at work"),
    State.RESOLVED: ("Traité", "Dealt with"),
    State.REJECTED: ("Non retenu", "Not followed up"),
    State.DUPLICATE: ("Rattaché à un autre signalement", "Joined to another report"),
}
_AGAIN = ("Rouvert", "Reopened")
_REOPENING = ("reopen", "dispute")


@dataclass(frozen=True)
class ReceiptStep:
    """One line of the history; ``reason`` is from a list, never an agent's words."""

    at: datetime
    label: str
    reason: str


@dataclass(frozen=True)
class Receipt:
    """A report as its receipt shows it, in one language."""

    report: Report
    category: str
    state_label: str
    steps: list[ReceiptStep]
    contact: Body | None
    is_closed: bool
    asks: bool
    answer: bool | None


def receipt_find(*, receipt_key: UUID, locale: str) -> Receipt | None:
    """The receipt of an address; ``asks``: whether "C'est réglé ?" can be answered now."""
    report = (
        Report.objects.select_related("category", "commune", "assigned_to", "body")
        .prefetch_related("transitions", "feedback")
        .filter(receipt_key=receipt_key)
        .first()
    )
    if report is None:
        return None
    moves = [one for one in report.transitions.all() if one.from_state != one.to_state]
    steps = [_step(one, locale) for one in moves]
    answers = [
        one.is_solved
        for one in report.feedback.all()
        if report.closed_at is not None and one.at >= report.closed_at
    ]
    return Receipt(
        report=report,
        category=report.category.label(locale),
        state_label=steps[-1].label if steps else _word(_WORDS[State(report.state)], locale),
        steps=steps,
        contact=contact_body(report),
        is_closed=report.state in CLOSED,
        asks=report.state == State.RESOLVED,
        answer=answers[-1] if answers else None,
    )


def _step(transition: Transition, locale: str) -> ReceiptStep:
    is_again = transition.action in _REOPENING
    words = _AGAIN if is_again else _WORDS[State(transition.to_state)]
    reason = ""
    if transition.reason_code:
        is_closure = transition.action == "resolve"
        template = "closure_reason" if is_closure else "rejection_reason"
        reason = notice_text(template, locale=locale, context={"code": transition.reason_code})
    return ReceiptStep(transition.at, _word(words, locale), reason)


def _word(words: tuple[str, str], locale: str) -> str:
    return words[1] if locale == "en" else words[0]
