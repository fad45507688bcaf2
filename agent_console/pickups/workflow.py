"""The life of a booking as a table: from which states, by which action, to which state."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models


class State(models.TextChoices):
    BOOKED = "booked", "Réservé"
    CONFIRMED = "confirmed", "Confirmé"
    DONE = "done", "Fait"
    NO_SHOW = "no_show", "Absent"
    CANCELLED = "cancelled", "Annulé"
    REFUSED_ON_SITE = "refused_on_site", "Refusé sur place"


# In these a booking holds its place in its slot and is on the crew's list.
LIVE = frozenset({State.BOOKED, State.CONFIRMED})
# In these the crew has said what it found.
CREW_SAID = frozenset({State.DONE, State.NO_SHOW, State.REFUSED_ON_SITE})
# How long the crew may take back what it recorded.
UNDO_DELAY = timedelta(hours=12)


class Moment(models.TextChoices):
    """When an action is allowed, seen from the day of the pickup (Europe/Paris)."""

    BEFORE = "before", "avant le jour du rendez-vous"
    UNTIL = "until", "jusqu’au jour du rendez-vous"
    FROM = "from", "à partir du jour du rendez-vous"


@dataclass(frozen=True)
class Step:
    """A permitted transition; ``target`` is ``None`` where the state stays or comes back.

    ``notice`` names the template of what a citizen is told when it was not their own act.
    """

    sources: frozenset[State]
    target: State | None
    moment: Moment
    needs_reason: bool = False
    frees_place: bool = False
    notice: str = ""


STEPS: dict[str, Step] = {
    "confirm": Step(sources=frozenset({State.BOOKED}), target=State.CONFIRMED, moment=Moment.UNTIL),
    # "No" to the question of the evening before: nothing is lost yet, somebody calls back.
    "decline": Step(sources=LIVE, target=State.BOOKED, moment=Moment.UNTIL),
    "change": Step(sources=LIVE, target=State.BOOKED, moment=Moment.BEFORE, notice="changed"),
    # Whom the crew asks for: neither place nor state change.
    "correct": Step(sources=LIVE, target=None, moment=Moment.UNTIL),
    "cancel": Step(
        sources=LIVE,
        target=State.CANCELLED,
        moment=Moment.UNTIL,
        frees_place=True,
        notice="cancelled",
    ),
    "done": Step(sources=LIVE, target=State.DONE, moment=Moment.FROM),
    "no_show": Step(sources=LIVE, target=State.NO_SHOW, moment=Moment.FROM, notice="no_show"),
    "refuse_on_site": Step(
        sources=LIVE,
        target=State.REFUSED_ON_SITE,
        moment=Moment.FROM,
        needs_reason=True,
        notice="refused",
    ),
    "undo": Step(sources=CREW_SAID, target=None, moment=Moment.FROM),
}
