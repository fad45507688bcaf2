"""What can be refused about articles: a stable code and French words."""


class KnowledgeError(Exception):
    """Base of this app's errors."""

    code = "knowledge_refused"
    message = ""


class PermissionMissing(KnowledgeError):
    code = "permission_missing"
    message = "Votre compte ne permet pas cette action."


class ChangedMeanwhile(KnowledgeError):
    code = "changed_meanwhile"
    message = (
        "Un collègue a changé cet article pendant que vous l’aviez sous les yeux : relisez-le,"
        " puis recommencez. Rien n’a été changé."
    )


class CodeTaken(KnowledgeError):
    code = "code_taken"
    message = "Un autre article porte déjà ce code."


class IntentTaken(KnowledgeError):
    code = "intent_taken"
    message = "Un autre article publié répond déjà à cette question de l’assistant."


class StepRefused(KnowledgeError):
    code = "step_refused"
    message = "Ce n’est plus possible dans l’état où est l’article."


class NotReady(KnowledgeError):
    code = "not_ready"
    message = (
        "Avant de publier, donnez à l’article un responsable et une date de relecture à venir."
    )


class VersionUnknown(KnowledgeError):
    code = "version_unknown"
    message = "Cette version n’existe pas."
