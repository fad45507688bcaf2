"""What can be refused about corrections: a stable code and French words."""

from .workflow import State


class TrainingError(Exception):
    """Base of this app's errors."""

    code = "training_refused"
    message = ""


class StepRefused(TrainingError):
    code = "step_refused"
    message = "Ce n’est plus possible : un collègue a changé l’état entre-temps."


class OwnCorrection(TrainingError):
    code = "own_correction"
    message = "Vous l’avez proposée : une autre personne doit la relire."


class AlreadyCorrected(TrainingError):
    code = "already_corrected"
    message = "Une correction de cette phrase est déjà proposée ou acceptée."


class SameSentence(TrainingError):
    code = "same_sentence"
    message = "La même phrase est déjà acceptée : refusez celle-ci comme doublon."


class NotRead(TrainingError):
    code = "not_read"
    message = "L’assistant n’a pas répondu à cette phrase, ou elle vient d’être effacée."


class NotMarked(TrainingError):
    code = "not_marked"
    message = "Personne n’a signalé cette phrase : l’assistant ne l’avait pas comprise de lui-même."


class CorrectionStands(TrainingError):
    """``message`` says what has to be done first."""

    code = "correction_stands"

    def __init__(self, *, state: State, export_number: int | None) -> None:
        super().__init__()
        if export_number is not None:
            self.message = (
                f"Cette phrase fait partie de l’export n° {export_number} :"
                " le signalement ne peut plus être annulé."
            )
        elif state == State.ACCEPTED:
            self.message = (
                "La correction de cette phrase est acceptée : annulez d’abord l’acceptation,"
                " puis refusez la correction."
            )
        else:
            self.message = (
                "Une correction de cette phrase est à relire : faites-la d’abord refuser."
            )


class NothingToExport(TrainingError):
    code = "nothing_to_export"
    message = "Rien à exporter : aucune correction acceptée depuis le dernier export."
