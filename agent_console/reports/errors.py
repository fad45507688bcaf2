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
        super().__init__(
            _("Il manque le lieu : une adresse, un repère ou une position."), address="missing"
        )


class CoordinatesInvalid(ReportError):
    code = "coordinates_invalid"

    def __init__(self) -> None:
        super().__init__(
            _("La position est incomplète ou impossible : il faut une latitude et une longitude."),
            latitude="invalid",
        )


class OutsideTerritory(ReportError):
    code = "outside_territory"

    def __init__(self) -> None:
        super().__init__(
            _("Cet endroit n’est pas dans la Métropole Aix-Marseille-Provence."),
            latitude="outside",
        )


class AnswerInvalid(ReportError):
    """``fields`` names the question."""

    code = "answer_invalid"

    def __init__(self, question: str) -> None:
        super().__init__(
            _("Cette réponse ne convient pas à la question posée."),
            **{f"answers.{question}": "invalid"},
        )


class ChannelMissing(ReportError):
    code = "channel_missing"

    def __init__(self) -> None:
        super().__init__(_("Indiquez par quel moyen le signalement est arrivé."), channel="missing")


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


class ServiceUnknown(ReportError):
    code = "service_unknown"

    def __init__(self) -> None:
        super().__init__(_("Ce service n’existe pas."), service="unknown")


class ReportUnknown(ReportError):
    code = "report_unknown"

    def __init__(self) -> None:
        super().__init__(_("Aucun signalement ne porte cette référence."), reference="unknown")


class CursorInvalid(ReportError):
    code = "cursor_invalid"

    def __init__(self) -> None:
        super().__init__(
            _("Ce curseur n’est pas valable ici : reprenez depuis la première page."),
            cursor="invalid",
        )


class DuplicateRefused(ReportError):
    """A report can't be the duplicate of itself, nor of one that is a duplicate."""

    code = "duplicate_refused"

    def __init__(self) -> None:
        super().__init__(
            _("Choisissez un autre signalement, qui ne soit pas déjà un doublon."),
            original="refused",
        )


class ReopenTooLate(ReportError):
    code = "reopen_too_late"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("Ce signalement est clos depuis plus de %(days)d jours : faites-en un nouveau.")
            % {"days": days}
        )


class BodyUnknown(ReportError):
    code = "body_unknown"

    def __init__(self) -> None:
        super().__init__(_("Choisissez un organisme autre que la Métropole."), body="unknown")


class ForwardUnknown(ReportError):
    code = "forward_unknown"

    def __init__(self) -> None:
        super().__init__(_("Cette transmission n’existe pas."))


class PageUnknown(ReportError):
    code = "page_unknown"

    def __init__(self) -> None:
        super().__init__(_("Cette alerte n’existe pas."))


class OutageUnknown(ReportError):
    code = "outage_unknown"

    def __init__(self) -> None:
        super().__init__(_("Cette panne n’existe pas."), outage="unknown")


class OutageDeclared(ReportError):
    code = "outage_declared"

    def __init__(self) -> None:
        super().__init__(
            _("Ce signalement fait déjà partie d’une panne en cours."), report="in_outage"
        )


class OutageEnded(ReportError):
    code = "outage_ended"

    def __init__(self) -> None:
        super().__init__(_("Cette panne est déjà close."), outage="ended")


class OutageChanged(ReportError):
    code = "outage_changed"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Un collègue a changé cette panne pendant que vous l’aviez sous les yeux :"
                " relisez-la, puis recommencez. Rien n’a été changé."
            ),
            outage="changed",
        )


class OutageCommuneMissing(ReportError):
    code = "outage_commune_missing"

    def __init__(self) -> None:
        super().__init__(_("Choisissez au moins une commune."), communes="missing")


class ReportClosedAlready(ReportError):
    code = "report_closed"

    def __init__(self, state_label: str) -> None:
        super().__init__(
            _("Ce signalement est clos (%(state)s) : une panne se déclare d’un signalement ouvert.")
            % {"state": state_label},
            report="closed",
        )
