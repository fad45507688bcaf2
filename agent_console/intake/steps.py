"""Which steps an agent may take on a report, with their forms and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from agent_console.intake import step_forms as forms
from agent_console.reports import forwarding, steps
from agent_console.reports.models import Report
from agent_console.reports.placing import SET_COMMUNE, report_set_commune
from agent_console.reports.workflow import OPEN, STEPS, State


@dataclass(frozen=True)
class ConsoleStep:
    """``said`` is shown when it is done, with the report's reference put in."""

    label: str
    permission: str
    service: Callable[..., Any]
    form: type[forms.StepForm]
    said: str
    is_danger: bool = False
    help: str = ""


def _step(
    action: str,
    service: Callable[..., Any],
    form: type[forms.StepForm],
    said: str,
    *,
    label: str = "",
    is_danger: bool = False,
    help_text: str = "",
) -> ConsoleStep:
    step = STEPS[action]
    return ConsoleStep(
        label=label or step.label,
        permission=step.permission,
        service=service,
        form=form,
        said=said,
        is_danger=is_danger,
        help=help_text,
    )


_READ_BY_CITIZEN = "Il est transmis au citoyen\u00a0: restez clair et courtois."
CONSOLE_STEPS: dict[str, ConsoleStep] = {
    "validate": _step(
        "validate",
        steps.report_validate,
        forms.StepForm,
        "Le signalement {} est validé.",
        label="Valider le signalement",
    ),
    "assign": _step(
        "assign",
        steps.report_assign,
        forms.AssignForm,
        "Le signalement {} est confié à un service.",
    ),
    "start": _step(
        "start", steps.report_start, forms.StepForm, "L’intervention sur {} a commencé."
    ),
    "resume": _step(
        "resume", steps.report_resume, forms.StepForm, "L’intervention sur {} a repris."
    ),
    "resolve": _step(
        "resolve",
        steps.report_resolve,
        forms.ResolveForm,
        "Le signalement {} est résolu\u00a0: le citoyen est interrogé.",
    ),
    "wrong_service": _step(
        "wrong_service",
        steps.report_wrong_service,
        forms.ReasonForm,
        "Le signalement {} attend un autre service.",
    ),
    "reopen": _step(
        "reopen", steps.report_reopen, forms.ReasonForm, "Le signalement {} est rouvert."
    ),
    "mark_duplicate": _step(
        "mark_duplicate",
        steps.report_mark_duplicate,
        forms.DuplicateForm,
        "Le signalement {} est rattaché à l’autre.",
    ),
    "reject": _step(
        "reject",
        steps.report_reject,
        forms.RejectForm,
        "Le signalement {} n’est pas retenu.",
        label="Rejeter le signalement",
        is_danger=True,
        help_text=_READ_BY_CITIZEN,
    ),
    "decline": _step(
        "decline",
        steps.report_decline,
        forms.RejectForm,
        "Le signalement {} n’a pas de suite.",
        is_danger=True,
        help_text=_READ_BY_CITIZEN,
    ),
    "forward": ConsoleStep(
        label="Transmettre à un autre organisme",
        permission="reports.assign_report",
        service=forwarding.report_forward,
        form=forms.ForwardForm,
        said="La transmission de {} est notée\u00a0: le citoyen en est informé.",
    ),
    "recategorise": ConsoleStep(
        label="Changer la catégorie",
        permission="reports.recategorise_report",
        service=steps.report_recategorise,
        form=forms.RecategoriseForm,
        said="La catégorie de {} est changée, son échéance recalculée.",
    ),
    "set_commune": ConsoleStep(
        label="Indiquer la commune",
        permission=SET_COMMUNE,
        service=report_set_commune,
        form=forms.CommuneForm,
        said="La commune de {} est notée, sa compétence et son échéance recalculées.",
    ),
}
# These leave the state as it is: every open report permits them.
_ANY_OPEN = frozenset({"forward", "recategorise", "set_commune"})


def steps_for(report: Report, user: User) -> dict[str, ConsoleStep]:
    """The steps that the report's state and the agent's permissions allow, in order."""
    state = State(report.state)
    return {
        action: step
        for action, step in CONSOLE_STEPS.items()
        if user.has_perm(step.permission)
        and (state in OPEN if action in _ANY_OPEN else state in STEPS[action].sources)
        and (action != "resume" or _is_reopened(report))
    }


def _is_reopened(report: Report) -> bool:
    """Whether reopening was the last step that changed the state."""
    moves = [one for one in report.transitions.all() if one.from_state != one.to_state]
    return bool(moves) and moves[-1].action in ("reopen", "dispute")
