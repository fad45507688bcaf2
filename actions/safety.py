"""Somebody may be in danger: numbers first, in the middle of anything; never a report instead."""

from __future__ import annotations

import re

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.phrases import plain

# Words that call for a line of its own beside the general numbers (service-public.fr, F33944).
# Matched on plain(): lower case, no accents. A wrong hit gives one more number, never one less.
_LINES = (
    ("shelter", r"\b(sdf|sans abri|a la rue|dort dehors|dormir dehors|homeless|sleeping rough)\b"),
    ("child", r"\b(enfants?|bebe|fillette|garcon|gamins?|gamine|mineure?|child|baby|kid)\b"),
    (
        "violence",
        r"\b(mon mari|mon ex|mon compagnon|mon conjoint|sa femme|sa compagne|violences?"
        r"|me bat|me frappe|bat sa|frappe sa|my husband|my boyfriend|beats? (me|his))\b",
    ),
    (
        "suicide",
        r"\b(suicid\w*|me tuer|mourir|en finir|sauter du|me jeter|kill myself|want to die)\b",
    ),
)


# What nobody says of a street: heard even where the NLU is not sure of anything.
_DANGER = re.compile(
    r"\b(au secours|suicid\w*|me tuer|veux mourir|en train de mourir|ne respire plus"
    r"|kill myself|want to die)\b"
)


def sounds_like_danger(message: str) -> bool:
    """Whether a message that was not understood must be answered with the numbers."""
    return bool(_DANGER.search(plain(message)))


def say_emergency(dispatcher: CollectingDispatcher, message: str) -> None:
    """112 and its sisters, the lines that fit what was said, and what the assistant can't."""
    dispatcher.utter_message(response="utter_emergency")
    for line, words in _LINES:
        if re.search(words, plain(message)):
            dispatcher.utter_message(response=f"utter_emergency_{line}")
    dispatcher.utter_message(response="utter_emergency_scope")


class Emergency(Action):
    """The numbers to call."""

    def name(self) -> str:
        """As in the domain."""
        return "action_emergency"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """See ``say_emergency``."""
        say_emergency(dispatcher, str(tracker.latest_message.get("text") or ""))
        return []
