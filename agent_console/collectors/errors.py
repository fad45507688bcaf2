"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""


class CardError(Exception):
    """Base of this app's errors."""

    code = "card_error"
    message = ""

    def __init__(self) -> None:
        super().__init__(self.code)


class CardNumberInvalid(CardError):
    code = "card_number_invalid"
    message = "Ce n’est pas un numéro de carte : 6 à 32 lettres ou chiffres."


class CollectorUnknown(CardError):
    code = "collector_unknown"
    message = "Ce collecteur n’est pas connu."


class CardLinkedElsewhere(CardError):
    code = "card_linked_elsewhere"
    message = (
        "Cette carte est déjà rattachée à un autre citoyen. "
        "Détachez-la d’abord depuis la page de la carte."
    )


class CardNotLinked(CardError):
    code = "card_not_linked"
    message = "Cette carte n’est rattachée à personne. Rien n’a été changé."


class PointsUnwanted(CardError):
    code = "points_unwanted"
    message = (
        "Cette personne n’a pas demandé de points. "
        "Posez-lui la question, puis cochez la case si elle dit oui."
    )


class PermissionMissing(CardError):
    code = "permission_missing"
    message = "Votre compte ne permet pas de rattacher une carte."


class RetryPermissionMissing(CardError):
    code = "permission_missing"
    message = "Votre compte ne permet pas de relancer un dépôt."


class DepositNotDue(CardError):
    code = "deposit_not_due"
    message = "Ce dépôt n’attend plus rien. Rien n’a été changé."
