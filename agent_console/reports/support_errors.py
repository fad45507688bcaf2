"""What supporting a report may be refused for; ``code`` is stable, ``message`` is French."""

from django.utils.translation import gettext as _

from .errors import ReportError


class OwnReport(ReportError):
    """Whoever made a report is told of it anyway, and counts already."""

    code = "own_report"

    def __init__(self) -> None:
        super().__init__(_("C’est votre propre signalement : vous le suivez déjà."))


class ReportClosed(ReportError):
    """``fields`` names the state, and the report that is followed instead of a duplicate."""

    code = "report_closed"

    def __init__(self, *, state: str, state_label: str, original: str = "") -> None:
        super().__init__(
            _("Ce signalement est clos (« %(state)s ») : il ne peut plus être rejoint.")
            % {"state": state_label},
            state=state,
            **({"original": original} if original else {}),
        )


class SupportUnknown(ReportError):
    code = "support_unknown"

    def __init__(self) -> None:
        super().__init__(_("Vous ne suivez pas ce signalement."))


class SupportConflict(ReportError):
    """The key was used for another report or by somebody else."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__(_("Cette clé a déjà servi pour une autre demande."))
