"""The life of a report as a table: from which state, by which action, to which state."""

from dataclasses import dataclass

from django.db import models


class State(models.TextChoices):
    RECEIVED = "received", "Reçu"
    QUALIFIED = "qualified", "Validé"
    REJECTED = "rejected", "Non retenu"


@dataclass(frozen=True)
class Step:
    """A permitted transition; ``notice`` is the template of what the citizen is told."""

    source: State
    target: State
    permission: str
    needs_reason: bool
    notice: str


STEPS: dict[str, Step] = {
    "validate": Step(
        source=State.RECEIVED,
        target=State.QUALIFIED,
        permission="reports.validate_report",
        needs_reason=False,
        notice="reports/notices/validated.txt",
    ),
    "reject": Step(
        source=State.RECEIVED,
        target=State.REJECTED,
        permission="reports.reject_report",
        needs_reason=True,
        notice="reports/notices/rejected.txt",
    ),
}
