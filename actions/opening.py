"""Whether somebody answers, and what is said when not: the console knows the hours.

They are edited there, with public holidays and exceptional days; callers and public pages are told
the same ones.
"""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import Opening, services
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases


async def say_how_to_reach_a_person(dispatcher: CollectingDispatcher, phrases: Phrases) -> bool:
    """The number, its hours, and that nothing said is lost; whether somebody is there.

    While the console is away the hours go unsaid: whoever wants a person is in the queue all the
    same.
    """
    try:
        found = await services().console.opening(locale=phrases.locale)
    except (ServiceUnavailable, ServiceRefused):
        found = Opening(is_open=True, hours="", opens="")
    hours = found.hours or phrases.text("utter_hours_unknown")
    if found.opens and found.hours:
        hours = phrases.text("utter_hours", hours=hours, opens=found.opens)
    dispatcher.utter_message(
        response="utter_human_open" if found.is_open else "utter_human_closed", hours=hours
    )
    return found.is_open


class TalkToHuman(Action):
    """Somebody wants a person: at once, no question asked."""

    def name(self) -> str:
        """As in the domain."""
        return "action_talk_to_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Here or by telephone; a call-back is offered when nobody is there."""
        if not await say_how_to_reach_a_person(dispatcher, Phrases.of(domain, tracker)):
            dispatcher.utter_message(response="utter_callback_offer")
        return []
