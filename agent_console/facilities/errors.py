"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""

from collections.abc import Sequence
from dataclasses import dataclass


class FacilityError(Exception):
    """Base of this app's errors."""

    code = "facility_error"
    message = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class PermissionMissing(FacilityError):
    code = "permission_missing"
    message = "Votre compte ne permet pas cette action."


@dataclass(frozen=True)
class RowError:
    """One mistake: the line of the file (of a GeoJSON file: the number of the feature)."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"Ligne {self.line}, {self.column}" if self.column else f"Ligne {self.line}"
        return f"{where} : {self.message}"


class FileInvalid(FacilityError):
    """The file as a whole, or some of its rows; nothing of it is imported."""

    code = "file_invalid"

    def __init__(self, message: str, rows: Sequence[RowError] = ()) -> None:
        super().__init__()
        self.message = message
        self.rows = tuple(rows)


class TooManyRetired(FacilityError):
    """A full file that lacks most of what is known looks like a piece of a file."""

    code = "too_many_retired"
    message = (
        "Ce fichier retirerait plus de la moitié des points connus. S’il est bien complet, "
        "confirmez les retraits ; sinon, importez-le comme fichier partiel."
    )


class PlanChanged(FacilityError):
    code = "plan_changed"
    message = (
        "Les points de collecte ont changé depuis cet aperçu. Rien n’a été importé : "
        "envoyez le fichier de nouveau pour un aperçu à jour."
    )


class ImportDecided(FacilityError):
    code = "import_decided"
    message = "Cet import a déjà été confirmé ou abandonné. Rien n’a été changé."


class ImportUnknown(FacilityError):
    code = "import_unknown"
    message = "Cet import n’existe pas."


class SortingUnknown(FacilityError):
    code = "sorting_rule_unknown"
    message = "Cette consigne n’existe pas."


class SortingStale(FacilityError):
    code = "sorting_stale"
    message = (
        "Quelqu’un a modifié cette consigne entre-temps. Rien n’a été enregistré : "
        "relisez-la, puis recommencez."
    )


class SortingInvalid(FacilityError):
    """A rule without words, or with an outlet or a stream that doesn't exist."""

    code = "sorting_invalid"

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message
