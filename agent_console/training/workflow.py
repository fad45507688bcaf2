"""The life of a correction as a table: what may follow what, and who may do it."""

from collections.abc import Mapping

from django.db.models import TextChoices


class State(TextChoices):
    """``dropped``: its conversation was let go before somebody had accepted it."""

    PROPOSED = "proposed", "À relire"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    DROPPED = "dropped", "Effacée avec sa conversation"


class Act(TextChoices):
    """What happened, as the history says it."""

    PROPOSED = "proposed", "Proposée"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    REOPENED = "reopened", "Remise à relire"


class Reason(TextChoices):
    """Why it was refused: a choice, so that nobody is named on the way."""

    INTENT = "intent", "L’intention ou la catégorie n’est pas la bonne"
    ENTITIES = "entities", "Il manque un élément, ou il est mal délimité"
    NAMES = "names", "La phrase désigne encore quelqu’un"
    SAME = "same", "Doublon"
    USELESS = "useless", "N’apprendrait rien à l’assistant"


# (state, act) → state; what is not here is refused, and so is whatever was exported.
STEPS: Mapping[tuple[str, str], State] = {
    (State.PROPOSED, Act.ACCEPTED): State.ACCEPTED,
    (State.PROPOSED, Act.REFUSED): State.REFUSED,
    (State.ACCEPTED, Act.REOPENED): State.PROPOSED,
    (State.REFUSED, Act.REOPENED): State.PROPOSED,
}
LIVE = (State.PROPOSED, State.ACCEPTED)
# Only somebody else than the author.
BY_ANOTHER = frozenset({Act.ACCEPTED, Act.REFUSED})
