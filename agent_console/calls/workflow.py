"""The lives of a call and of a call-back as tables: what may follow what."""

from collections.abc import Mapping

from django.db.models import TextChoices


class CallBackState(TextChoices):
    WAITING = "waiting", "À rappeler"
    CLAIMED = "claimed", "Pris en charge"
    DONE = "done", "Rappelé"
    UNREACHED = "unreached", "Injoignable"
    CANCELLED = "cancelled", "Annulé"


class CallBackAct(TextChoices):
    """What happened, as the history says it."""

    REQUESTED = "requested", "Demandé"
    CLAIMED = "claimed", "Pris en charge"
    RELEASED = "released", "Remis dans la liste"
    DIALLED = "dialled", "Appelé"
    ANSWERED = "answered", "Le téléphone a répondu"
    DONE = "done", "Rappelé"
    UNREACHED = "unreached", "Noté injoignable"
    REOPENED = "reopened", "Remis dans la liste"
    CANCELLED = "cancelled", "Annulé par la personne"


# (state, act) → state; what is not here is refused.
STEPS: Mapping[tuple[str, str], CallBackState] = {
    (CallBackState.WAITING, CallBackAct.CLAIMED): CallBackState.CLAIMED,
    (CallBackState.CLAIMED, CallBackAct.RELEASED): CallBackState.WAITING,
    (CallBackState.CLAIMED, CallBackAct.DIALLED): CallBackState.CLAIMED,
    (CallBackState.CLAIMED, CallBackAct.DONE): CallBackState.DONE,
    (CallBackState.CLAIMED, CallBackAct.UNREACHED): CallBackState.UNREACHED,
    (CallBackState.DONE, CallBackAct.REOPENED): CallBackState.WAITING,
    (CallBackState.UNREACHED, CallBackAct.REOPENED): CallBackState.WAITING,
    (CallBackState.WAITING, CallBackAct.CANCELLED): CallBackState.CANCELLED,
    (CallBackState.CLAIMED, CallBackAct.CANCELLED): CallBackState.CANCELLED,
}
OPEN = frozenset({CallBackState.WAITING, CallBackState.CLAIMED})


class CallState(TextChoices):
    TALKING = "talking", "Avec l’assistant"
    WAITING = "waiting", "Attend un conseiller"
    RINGING = "ringing", "Votre poste sonne"
    CONNECTED = "connected", "En ligne"
    ENDED = "ended", "Terminé"


# state → the states that may follow; anything else comes late or twice and changes nothing.
CALL_FOLLOWS: Mapping[str, frozenset[str]] = {
    CallState.TALKING: frozenset({CallState.WAITING, CallState.ENDED}),
    CallState.WAITING: frozenset({CallState.TALKING, CallState.RINGING, CallState.ENDED}),
    CallState.RINGING: frozenset(
        {CallState.WAITING, CallState.TALKING, CallState.CONNECTED, CallState.ENDED}
    ),
    CallState.CONNECTED: frozenset({CallState.WAITING, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}
LIVE = frozenset(CallState) - {CallState.ENDED}
