"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""

from django.utils.translation import gettext as _


class ReportError(Exception):
    """Base of this app's errors."""

    code = "report_error"

    def __init__(self, message: str, **fields: str) -> None:
        super().__init__(self.code)
        self.message = message
        self.fields = fields


class CategoryUnknown(ReportError):
    code = "category_unknown"

    def __init__(self) -> None:
        super().__init__(_("Cette catégorie n’existe pas."), category="unknown")


class CommuneUnknown(ReportError):
    code = "commune_unknown"

    def __init__(self) -> None:
        super().__init__(
            _("Cette commune n’est pas dans la Métropole Aix-Marseille-Provence."),
            commune="unknown",
        )


class PlaceMissing(ReportError):
    code = "place_missing"

    def __init__(self) -> None:
        super().__init__(_("Il manque le lieu : une adresse ou un repère."), address="missing")


class IntakeConflict(ReportError):
    """``fields`` names the report that the key belongs to."""

    code = "idempotency_conflict"

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("Cette clé a déjà servi pour un autre signalement."), reference=reference
        )


class TransitionRefused(ReportError):
    """The step is not allowed from the report's present state."""

    code = "transition_refused"

    def __init__(self, state_label: str) -> None:
        super().__init__(
            _("Ce signalement est déjà « %(state)s ». Rien n’a été changé.")
            % {"state": state_label}
        )


class ReasonMissing(ReportError):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Indiquez le motif : il est transmis au citoyen."), reason="missing")


class PermissionMissing(ReportError):
    code = "permission_missing"

    def __init__(self) -> None:
        super().__init__(_("Votre compte ne permet pas cette action."))
