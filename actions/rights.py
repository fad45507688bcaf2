"""What people decide for themselves: to get no more messages, to have a say in a consultation."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import ended
from actions.http import ServiceRefused, ServiceUnavailable
from actions.identity_client import SPENDING
from actions.phrases import Phrases
from actions.proof import ON_A_NUMBER, continues, needs_proof
from actions.settings import public_url

CONSULTATIONS_MAX = 3
NOT_VERIFIED, ALREADY_VOTED = "not_verified", "already_voted"


class OptOut(Action):
    """Nothing that was not asked for is sent any more; asking twice changes nothing."""

    def name(self) -> str:
        """As in the rules."""
        return "action_opt_out"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The console keeps it with its history; when it is away, that is said."""
        try:
            await services().console.opt_out(conversation=str(tracker.sender_id))
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        dispatcher.utter_message(response="utter_opted_out")
        return []


class JoinConsultation(Action):
    """Which questions are open, and where this person votes.

    The vote itself is cast on the ballot's page, never in the conversation: what is said here is
    kept, and a ballot must not be.
    """

    def name(self) -> str:
        """As in the rules."""
        return "action_join_consultation"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The first to end come first; who proved a phone gets an address of their own, and who
        can prove it now is asked for a code first."""
        phrases = Phrases.of(domain, tracker)
        try:
            found = await services().console.consultations(locale=phrases.locale)
            if not found:
                dispatcher.utter_message(response="utter_consultations_none")
                return []
            shown = found[:CONSULTATIONS_MAX]
            ballots = [await _ballot(tracker, one, phrases) for one in shown]
            if NOT_VERIFIED in ballots and await _may_prove(tracker):
                return await needs_proof(dispatcher, tracker, domain, "consultation")
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        dispatcher.utter_message(response="utter_consultations_open")
        for one, ballot in zip(shown, ballots, strict=True):
            _tell(dispatcher, one, ballot, phrases)
        return []


@continues("consultation")
async def _consultation_after_proof(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, _: Any
) -> list[EventType]:
    events = await JoinConsultation().run(dispatcher, tracker, domain)
    return events or ended(dispatcher, tracker, domain)


async def _ballot(tracker: Tracker, consultation: dict[str, Any], phrases: Phrases) -> str:
    """The address of their ballot, or the code of why there is none."""
    try:
        return await services().console.ballot_link(
            consultation=str(consultation["id"]),
            conversation=str(tracker.sender_id),
            locale=phrases.locale,
        )
    except ServiceRefused as refusal:
        if refusal.code not in (NOT_VERIFIED, ALREADY_VOTED):
            raise
        return refusal.code


async def _may_prove(tracker: Tracker) -> bool:
    """Whether a code would help: somebody is known here, and by a phone."""
    now = await services().identity.recognised(conversation=str(tracker.sender_id))
    channel = str((tracker.latest_message.get("metadata") or {}).get("channel") or "web")
    return now.level != SPENDING and (now.level != "nobody" or channel in ON_A_NUMBER)


def _tell(
    dispatcher: CollectingDispatcher, consultation: dict[str, Any], ballot: str, phrases: Phrases
) -> None:
    dispatcher.utter_message(
        response="utter_consultation",
        title=str(consultation["title"]),
        day=phrases.day(str(consultation["ends_at"])),
    )
    match ballot:
        case "already_voted":
            dispatcher.utter_message(response="utter_consultation_voted")
        case "not_verified":
            number = consultation["id"]
            dispatcher.utter_message(
                response="utter_consultation_read",
                address=f"{public_url()}/consultations/{number}/",
            )
        case _:
            dispatcher.utter_message(response="utter_consultation_vote", address=ballot)
