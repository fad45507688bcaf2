"""An agent says in which commune a report is, where nothing else could."""

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.places.models import Commune

from .announcing import announce_report
from .competence import competent_body
from .deadlines import due_at
from .errors import CommuneUnknown, PermissionMissing, TransitionRefused
from .models import Report, Transition
from .workflow import CLOSED, State

SET_COMMUNE = "reports.validate_report"
_NONE = "commune inconnue"


@transaction.atomic
def report_set_commune(*, report: Report, actor: User, commune_code: str) -> Report:
    """Set or correct the commune of an open report; its history says so, its state stays.

    ONE transaction under the report's lock holds the commune and what depends on it (who is
    competent, until when), so the job that looks for the place finds either none or all of it.
    Asking again changes nothing.

    Raises ``PermissionMissing``, ``CommuneUnknown``, ``TransitionRefused``.
    """
    if not actor.has_perm(SET_COMMUNE):
        raise PermissionMissing
    commune = Commune.objects.filter(pk=commune_code).first()
    if commune is None:
        raise CommuneUnknown
    locked = Report.objects.select_for_update(of=("self",)).select_related("category", "commune")
    report = locked.get(pk=report.pk)
    if report.state in CLOSED:
        raise TransitionRefused(State(report.state).label)
    before = report.commune
    if commune == before:
        return report
    report.commune = commune
    report.body = competent_body(category=report.category, commune=commune)
    report.due_at = due_at(category=report.category, commune=commune, start=report.created_at)
    report.save(update_fields=["commune", "body", "due_at"])
    Transition.objects.create(
        report=report,
        from_state=report.state,
        to_state=report.state,
        action="set_commune",
        reason=f"{before.name if before else _NONE} → {commune.name}",
        actor=actor,
    )
    announce_report(report)
    return report
