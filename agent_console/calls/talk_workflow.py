"""The life of a leg as a table: what may follow what."""

from collections.abc import Mapping

from django.db.models import TextChoices


class LegState(TextChoices):
    OFFERED = "offered", "Proposé à tous"
    RINGING = "ringing", "Sonne"
    IN = "in", "En ligne"
    LEAVING = "leaving", "Raccroche"
    ENDED = "ended", "Terminé"


# state → the states that may follow; anything else comes late or twice and changes nothing.
LEG_FOLLOWS: Mapping[str, frozenset[str]] = {
    LegState.OFFERED: frozenset({LegState.RINGING, LegState.ENDED}),
    LegState.RINGING: frozenset({LegState.IN, LegState.LEAVING, LegState.ENDED}),
    LegState.IN: frozenset({LegState.LEAVING, LegState.ENDED}),
    LegState.LEAVING: frozenset({LegState.ENDED}),
    LegState.ENDED: frozenset(),
}
# A list, as it stands in a constraint: its order must not change from one start to the next.
LIVE_LEGS = [LegState.OFFERED, LegState.RINGING, LegState.IN]
