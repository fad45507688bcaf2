"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""

from __future__ import annotations


class CrewError(Exception):
    """Base of this app's errors."""

    code = "crew_error"
    message = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class NotOfYourService(CrewError):
    """The report is nobody's, or another service's by now."""

    code = "not_of_your_service"
    message = "Ce signalement n’est plus confié à votre service. Rien n’a été changé."


class KeyConflict(CrewError):
    """Another content came under the same key."""

    code = "idempotency_conflict"
    message = "Cet envoi a déjà été reçu avec un autre contenu. Rien n’a été changé."


class PhotoMissing(CrewError):
    code = "photo_missing"
    message = "Il manque la photo. Prenez-la de nouveau."
