"""What a member of staff is told when something about their access is refused."""


class AccessError(Exception):
    """``message`` is shown as it is; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class CodeRefusedError(AccessError):
    """The code is wrong, over, or was used already."""

    def __init__(self) -> None:
        super().__init__(
            "code_refused",
            "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et réessayez.",
        )


class TooManyCodesError(AccessError):
    """Codes were tried too fast; ``wait_s`` seconds are left."""

    def __init__(self, *, wait_s: int) -> None:
        unit = "seconde" if wait_s == 1 else "secondes"
        super().__init__("too_many_codes", f"Trop d’essais. Réessayez dans {wait_s} {unit}.")
        self.wait_s = wait_s


class FactorUnreadableError(AccessError):
    """The authenticator's secret was sealed with a key that is gone."""

    def __init__(self) -> None:
        super().__init__(
            "factor_unreadable",
            "Votre application d’authentification ne peut plus être vérifiée. Donnez un code de"
            " secours, ou demandez à un superviseur de remettre votre second facteur à zéro.",
        )
