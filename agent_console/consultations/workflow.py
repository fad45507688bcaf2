"""The life of a consultation, as a table."""

from django.db.models import TextChoices


class State(TextChoices):
    DRAFT = "draft", "Brouillon"
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Close"
    PUBLISHED = "published", "Publiée"


class Action(TextChoices):
    CREATE = "create", "Créée"
    EDIT = "edit", "Modifiée"
    OPEN = "open", "Ouverte"
    TAKE_BACK = "take_back", "Reprise en brouillon"
    CLOSE = "close", "Close"
    PUBLISH = "publish", "Résultats publiés"


# What may be done in which state, and what comes of it.
TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.EDIT): State.DRAFT,
    (State.DRAFT, Action.OPEN): State.OPEN,
    (State.OPEN, Action.TAKE_BACK): State.DRAFT,  # as long as nobody has voted
    (State.OPEN, Action.CLOSE): State.CLOSED,
    (State.CLOSED, Action.PUBLISH): State.PUBLISHED,  # once counted
}
