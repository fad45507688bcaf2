"""Link a phone to whoever speaks: one wallet and one history, whichever way they come.

The number comes from the hub as an entity or from Telegram's own word, goes to the console, and
stays in no slot: only its last two digits do, to say where the code went.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended, opening
from actions.http import ServiceRefused, ServiceUnavailable
from actions.identity_client import SPENDING
from actions.phrases import Phrases
from actions.proof import (
    NEEDED,
    ON_A_NUMBER,
    continues,
    needs_proof,
    say_attempts,
    say_no_code,
    wants_code,
)
from actions.turn import turn_id

FORM = "link_form"
# link_end: of the number; link_done: linked, merged, already or stopped.
LINK_SLOTS = ("link_phone", "link_code", "link_code_id", "link_end", "link_done")
_END_CHARS = 2


class LinkAccount(Action):
    """Open the dialogue; whoever is known here proves first that it is them."""

    def name(self) -> str:
        """As in the rules."""
        return "action_link_account"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """A number in the same message is used at once."""
        message = tracker.latest_message
        channel = str((message.get("metadata") or {}).get("channel") or "web")
        conversation = str(tracker.sender_id)
        try:
            level = (await services().identity.recognised(conversation=conversation)).level
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        told = {e["entity"]: str(e["value"]) for e in message.get("entities") or []}
        is_shared = "shared_phone" in told
        is_known = level != "nobody" or channel in ON_A_NUMBER
        if is_known and level != SPENDING and not is_shared:
            return await needs_proof(dispatcher, tracker, domain, "link")
        slots: Slots = dict.fromkeys(LINK_SLOTS)
        if is_shared or "phone" in told:
            try:
                slots |= await _started(
                    dispatcher,
                    Phrases.of(domain, tracker),
                    conversation,
                    turn_id(tracker),
                    phone=None if is_shared else told["phone"],
                )
            except ServiceRefused as refusal:
                if refusal.code != NEEDED:
                    raise
                return await needs_proof(dispatcher, tracker, domain, "link")
        return _opened(dispatcher, tracker, domain, slots)


@continues("link")
async def _link_after_proof(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, _: Any
) -> list[EventType]:
    return _opened(dispatcher, tracker, domain, dict.fromkeys(LINK_SLOTS))


def _opened(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, slots: Slots
) -> list[EventType]:
    return [
        *(SlotSet(name, value) for name, value in slots.items()),
        *opening(dispatcher, tracker, domain, FORM),
    ]


async def _started(
    dispatcher: CollectingDispatcher,
    phrases: Phrases,
    conversation: str,
    turn: str,
    *,
    phone: str | None,
) -> Slots:
    """Slots after a code was asked for, to ``phone`` or to the number that the channel vouches
    for (None). Says what is refused; raises ``ServiceRefused`` where a proof comes first."""
    identity = services().identity
    try:
        if phone is None:
            started = await identity.link_vouched(
                conversation=conversation, idempotency_key=f"{turn}:link"
            )
            if started.get("outcome"):
                _say_done(dispatcher, str(started["outcome"]))
                return {"link_done": started["outcome"]}
            code_id = str(started["code_id"])
        else:
            code_id = await identity.link_start(
                conversation=conversation, phone=phone, idempotency_key=f"{turn}:link"
            )
    except ServiceUnavailable:
        dispatcher.utter_message(response="utter_service_away")
        return {"link_done": "stopped"}
    except ServiceRefused as refusal:
        match refusal.code:
            case "phone_invalid":
                dispatcher.utter_message(response="utter_phone_invalid")
                return {"link_phone": None}
            case "phone_not_callable":
                dispatcher.utter_message(response="utter_phone_not_callable")
                return {"link_phone": None}
            case "phone_not_vouched":
                return {"link_phone": None}
            case "codes_limited" | "code_undeliverable":
                say_no_code(dispatcher, phrases, refusal)
                return {"link_done": "stopped"}
            case _:
                raise
    digits = "".join(filter(str.isdigit, phone or ""))
    return {"link_code_id": code_id, "link_end": digits[-_END_CHARS:] or None}


def _say_done(dispatcher: CollectingDispatcher, outcome: str) -> None:
    dispatcher.utter_message(response=f"utter_link_{outcome}")


class ValidateLinkForm(FlowForm):
    """Which number, and the code that came there."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """A number, the digits, or the wish for another code: to a number that is said again,
        because it stands nowhere."""
        phone = heard.entity("phone") if heard.intent == "give_phone" else None
        if phone and heard.requested == "link_phone":
            try:
                return await _started(
                    heard.dispatcher,
                    heard.phrases,
                    heard.conversation,
                    str(heard.metadata.get("turn")),
                    phone=phone,
                )
            except ServiceRefused as refusal:
                if refusal.code != NEEDED:
                    raise
                # Their proof got too old while they looked for the number.
                heard.dispatcher.utter_message(response="utter_proof_too_old")
                return {"link_done": "stopped"}
        digits = heard.entity("code") if heard.intent == "give_code" else None
        if digits and heard.requested == "link_code":
            return await self._linked(heard, digits)
        if heard.requested == "link_code" and wants_code(heard):
            return {"link_code_id": None, "link_end": None}
        return {"link_done": "stopped"} if heard.is_no else {}

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """The number, then its code."""
        if slots.get("link_done"):
            return None
        return "link_code" if slots.get("link_code_id") else "link_phone"

    async def _linked(self, heard: Hearing, digits: str) -> Slots:
        try:
            outcome = await services().identity.link_confirm(
                conversation=heard.conversation,
                code_id=str(heard.slots["link_code_id"]),
                code=digits,
            )
        except ServiceUnavailable:
            # The same digits once more hear the same: nothing is lost.
            heard.dispatcher.utter_message(response="utter_service_away")
            return {}
        except ServiceRefused as refusal:
            match refusal.code:
                case "code_wrong":
                    say_attempts(heard.dispatcher, heard.phrases, refusal)
                    return {}
                case "code_ended":
                    heard.dispatcher.utter_message(response="utter_code_ended")
                    return {"link_code_id": None, "link_end": None}
                case "link_conflict" | "speaker_unclear":
                    heard.dispatcher.utter_message(response="utter_link_conflict")
                    return {"link_done": "stopped"}
                case _:
                    raise
        _say_done(heard.dispatcher, outcome)
        return {"link_done": outcome}


class AskLinkCode(Action):
    """Where the code went, and that it is to be typed here."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_link_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Only the end of the number is known."""
        end = tracker.get_slot("link_end")
        if end:
            dispatcher.utter_message(response="utter_ask_link_code", end=str(end))
        else:
            dispatcher.utter_message(response="utter_ask_code")
        return []


class SubmitLink(Action):
    """It is linked, or was given up: back to what was interrupted."""

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_link"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """What there is to say was said when it was known."""
        if tracker.get_slot("link_done") == "stopped":
            dispatcher.utter_message(response="utter_link_cancelled")
        return [
            *(SlotSet(name, None) for name in LINK_SLOTS),
            *ended(dispatcher, tracker, domain),
        ]
