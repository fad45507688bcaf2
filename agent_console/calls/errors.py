"""What can be refused about calls and call-backs: a stable code and French words."""


class CallError(Exception):
    """Base of this app's errors."""

    code = "call_refused"
    message = ""


class PhoneMissing(CallError):
    code = "phone_missing"
    message = "Donnez un numéro où vous rappeler."


class PhoneInvalid(CallError):
    code = "phone_invalid"
    message = "Ce numéro de téléphone n’existe pas, ou ne peut pas être rappelé."


class RequestConflict(CallError):
    code = "idempotency_conflict"
    message = "Cette clé a déjà servi pour une autre demande de rappel."


class StepRefused(CallError):
    code = "step_refused"
    message = "Ce n’est plus possible : un collègue a changé l’état entre-temps."


class AlreadyTaken(CallError):
    code = "already_taken"

    def __init__(self, who: str) -> None:
        super().__init__(self.code)
        self.message = f"{who} s’en occupe déjà."


class CallGone(CallError):
    code = "call_gone"
    message = "Cette personne n’attend plus : elle a raccroché, ou un collègue l’a prise."


class DeskPhoneMissing(CallError):
    code = "desk_phone_missing"
    message = "Indiquez d’abord le numéro de votre poste, ou répondez dans la page."


class NotYourCall(CallError):
    code = "not_your_call"
    message = "Vous n’êtes plus en ligne avec cette personne."


class TalkStepRefused(CallError):
    code = "talk_step_refused"
    message = "Ce n’est pas possible à ce moment de l’appel."


class ColleagueCannotAnswer(CallError):
    code = "colleague_cannot_answer"
    message = "Ce collègue ne prend pas d’appels ou n’a ni poste ni téléphone dans la page."


class ColleagueBusy(CallError):
    code = "colleague_busy"
    message = "Ce collègue est déjà en ligne."


class InterpreterGone(CallError):
    code = "interpreter_gone"
    message = "Cet interprète n’est plus dans la liste."


class InterpreterInvalid(CallError):
    code = "interpreter_invalid"
    message = "Donnez une langue et un nom."


class AnnouncementInvalid(CallError):
    code = "announcement_invalid"
    message = (
        "Écrivez ce que les appelants doivent entendre, en 300 signes au plus et sans adresse web."
    )


class TelephoneFailed(CallError):
    """The telephone company did not do what was asked; ``permanent``: asking again is useless."""

    code = "telephone_failed"
    message = "Le prestataire de téléphonie n’a pas pu passer l’appel."

    def __init__(self, *, permanent: bool, retry_after_s: float | None = None) -> None:
        super().__init__(self.code)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
