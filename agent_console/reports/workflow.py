"""The life of a report as a table: from which states, by which action, to which state.

What the citizen is told stands in the table too: a step without ``notice`` tells nobody.
"""

from dataclasses import dataclass

from django.db import models


class State(models.TextChoices):
    RECEIVED = "received", "Reçu"
    QUALIFIED = "qualified", "Validé"
    ASSIGNED = "assigned", "Confié à un service"
    IN_PROGRESS = "in_progress", "En cours"
    RESOLVED = "resolved", "Résolu"
    REJECTED = "rejected", "Non retenu"
    DUPLICATE = "duplicate", "Doublon"


CLOSED = frozenset({State.RESOLVED, State.REJECTED, State.DUPLICATE})
OPEN = frozenset(State) - CLOSED
# A person of the service has confirmed that the report is real: its reward is due.
CONFIRMED = frozenset({State.QUALIFIED, State.ASSIGNED, State.IN_PROGRESS, State.RESOLVED})
_AFTER_VALIDATION = frozenset({State.QUALIFIED, State.ASSIGNED, State.IN_PROGRESS})


class RejectionReason(models.TextChoices):
    """Why a report is not followed up; the words are what the citizen reads."""

    NOTHING_FOUND = "nothing_found", "Rien n’a été constaté sur place"
    NOT_COMPETENT = "not_competent", "Cela relève d’un autre organisme"
    PRIVATE_GROUND = "private_ground", "Le problème est sur un terrain privé"
    UNCLEAR = "unclear", "Les informations ne suffisent pas pour trouver le problème"
    NOT_A_PROBLEM = "not_a_problem", "Cela ne demande pas d’intervention"
    ABUSE = "abuse", "Le message ne décrit pas un problème sur l’espace public"
    OTHER = "other", "Autre motif"


class ClosureReason(models.TextChoices):
    """What a crew did when it closes a report; the words are what the citizen reads."""

    REPAIRED = "repaired", "C’est réparé"
    CLEANED = "cleaned", "C’est nettoyé"
    REMOVED = "removed", "C’est enlevé"
    SECURED = "secured", "C’est mis en sécurité"
    GONE = "gone", "Le problème avait disparu à notre passage"


@dataclass(frozen=True)
class Step:
    """A permitted transition.

    ``permission``: what an agent needs; a step by the citizen's own answer needs none.
    ``needs_reason``: words are required, unless a reason was chosen from ``reasons``.
    ``notice``: name of the template (``reports/notices/<locale>/``) of what the citizen is told.
    """

    sources: frozenset[State]
    target: State
    permission: str
    label: str
    notice: str = ""
    needs_reason: bool = False
    reasons: type[models.TextChoices] | None = None


STEPS: dict[str, Step] = {
    "validate": Step(
        sources=frozenset({State.RECEIVED}),
        target=State.QUALIFIED,
        permission="reports.validate_report",
        label="Valider",
        notice="validated",
    ),
    "reject": Step(
        sources=frozenset({State.RECEIVED}),
        target=State.REJECTED,
        permission="reports.reject_report",
        label="Rejeter",
        notice="rejected",
        needs_reason=True,
        reasons=RejectionReason,
    ),
    # The same after somebody had confirmed it; apart, so that two colleagues who decide at once
    # don't overrule each other.
    "decline": Step(
        sources=_AFTER_VALIDATION,
        target=State.REJECTED,
        permission="reports.reject_report",
        label="Ne pas donner suite",
        notice="rejected",
        needs_reason=True,
        reasons=RejectionReason,
    ),
    "assign": Step(
        sources=frozenset({State.QUALIFIED}),
        target=State.ASSIGNED,
        permission="reports.assign_report",
        label="Confier à un service",
        notice="assigned",
    ),
    "start": Step(
        sources=frozenset({State.ASSIGNED}),
        target=State.IN_PROGRESS,
        permission="reports.work_report",
        label="Commencer l’intervention",
        notice="started",
    ),
    # What was reopened goes back to work without a second assignment: the crew knows it.
    "resume": Step(
        sources=frozenset({State.QUALIFIED}),
        target=State.IN_PROGRESS,
        permission="reports.work_report",
        label="Reprendre l’intervention",
        notice="started",
    ),
    "wrong_service": Step(
        sources=frozenset({State.ASSIGNED, State.IN_PROGRESS}),
        target=State.QUALIFIED,
        permission="reports.work_report",
        label="Mauvais service",
        needs_reason=True,
    ),
    "resolve": Step(
        sources=frozenset({State.ASSIGNED, State.IN_PROGRESS}),
        target=State.RESOLVED,
        permission="reports.work_report",
        label="Déclarer résolu",
        notice="resolved",
        reasons=ClosureReason,
    ),
    # With the outage that it belongs to, from wherever it stood: who ends an outage confirms that
    # its reports were real (``outages``).
    "close_outage": Step(
        sources=OPEN,
        target=State.RESOLVED,
        permission="reports.manage_outages",
        label="Résolu avec la panne",
        notice="resolved",
        reasons=ClosureReason,
    ),
    "mark_duplicate": Step(
        sources=OPEN,
        target=State.DUPLICATE,
        permission="reports.reject_report",
        label="Rattacher à un autre signalement",
        notice="duplicate",
    ),
    "reopen": Step(
        sources=CLOSED,
        target=State.QUALIFIED,
        permission="reports.reopen_report",
        label="Rouvrir",
        notice="reopened",
        needs_reason=True,
    ),
    # The citizen answered "non" to "C'est réglé ?".
    "dispute": Step(
        sources=frozenset({State.RESOLVED, State.REJECTED}),
        target=State.QUALIFIED,
        permission="",
        label="Rouvert par le citoyen",
        notice="reopened",
    ),
}


def steps_from(state: str) -> dict[str, Step]:
    """The actions of agents that ``state`` permits, in the table's order."""
    return {
        action: step
        for action, step in STEPS.items()
        if step.permission and State(state) in step.sources
    }
