"""Prove that it is them, by a one-time code or the PIN, then go on with what needed it.

An action that is refused with ``recognition_needed`` returns ``await needs_proof(…)``; once it is
proved, the continuation registered under that name runs in the same turn. The digits come from the
hub as an entity (``bot.hub.secret_words``), go to the console, and stay in no slot.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended, opening
from actions.http import ServiceRefused, ServiceUnavailable
from actions.identity_client import SPENDING
from actions.phrases import Phrases, plain
from actions.turn import turn_id

FORM = "proof_form"
# proof_for: the continuation; proof_with: what it needs to know; proof_code: how it ended.
PROOF_SLOTS = ("proof_for", "proof_with", "proof_ways", "proof_code_id", "proof_code")
NEEDED = "recognition_needed"
# Channels where people are known by a number, which can be forged.
ON_A_NUMBER = frozenset({"sms", "voice", "phone"})
CODE_CHARS = 6

Continuation = Callable[
    [CollectingDispatcher, Tracker, DomainDict, Any], Awaitable[list[EventType]]
]
_continuations: dict[str, Continuation] = {}

_WANTS_CODE = re.compile(
    r"\b(nouveau|autre|recevoir|renvo\w+|envo\w+|demande\w*|new|another|resend|send|get)\b.*\bcode\b"
    r"|\b(pas|rien) (encore )?recu\b|\bn'est pas arrive"
    r"|\bnot (received|arrived)\b|\bdidn'?t (get|come)\b"
)


def continues(name: str) -> Callable[[Continuation], Continuation]:
    """Decorator: what runs once somebody proved who they are for ``name``."""

    def keep(continuation: Continuation) -> Continuation:
        _continuations[name] = continuation
        return continuation

    return keep


async def needs_proof(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: DomainDict,
    name: str,
    *,
    needed_for: Any = None,
) -> list[EventType]:
    """Events that open the question for a code, and come back to ``name`` afterwards.

    Whoever has a PIN is asked for that, and may have a code; anybody else gets a code at once.
    ``needed_for`` is handed to the continuation.
    """
    conversation = str(tracker.sender_id)
    slots: Slots = dict.fromkeys(PROOF_SLOTS)
    slots.update(proof_for=name, proof_with=needed_for)
    try:
        recognised = await services().identity.recognised(conversation=conversation)
        slots["proof_ways"] = list(recognised.ways)
        if "pin" not in recognised.ways:
            slots["proof_code_id"] = await services().identity.code_start(
                conversation=conversation, idempotency_key=f"{turn_id(tracker)}:proof"
            )
    except ServiceUnavailable:
        dispatcher.utter_message(response="utter_service_away")
        return []
    except ServiceRefused as refusal:
        say_no_code(dispatcher, Phrases.of(domain, tracker), refusal)
        return []
    dispatcher.utter_message(response="utter_proof_why")
    return [
        *(SlotSet(slot, value) for slot, value in slots.items()),
        *opening(dispatcher, tracker, domain, FORM),
    ]


def say_no_code(
    dispatcher: CollectingDispatcher, phrases: Phrases, refusal: ServiceRefused
) -> None:
    """Why no code is on its way. Raises what is our own fault."""
    match refusal.code:
        case "codes_limited":
            dispatcher.utter_message(
                response="utter_codes_limited", delay=waiting(phrases, refusal.fields)
            )
        case "code_undeliverable" | "phone_not_callable" | "address_sealed":
            dispatcher.utter_message(response="utter_code_undeliverable")
        case _:
            raise refusal


def waiting(phrases: Phrases, fields: Mapping[str, str]) -> str:
    """ "3 minutes", "2 heures": how long until another code may be asked for."""
    minutes = max(1, math.ceil(int(fields.get("retry_after_s") or 60) / 60))
    if minutes == 1:
        return phrases.text("utter_one_minute")
    if minutes <= 90:
        return phrases.text("utter_minutes", count=str(minutes))
    return phrases.text("utter_hours_count", count=str(math.ceil(minutes / 60)))


def say_attempts(
    dispatcher: CollectingDispatcher, phrases: Phrases, refusal: ServiceRefused
) -> None:
    """Not the right digits; how many tries are left."""
    left = int(refusal.fields.get("attempts_left") or 1)
    name = "utter_attempts_one" if left == 1 else "utter_attempts_many"
    dispatcher.utter_message(
        response="utter_code_wrong", attempts=phrases.text(name, count=str(left))
    )


def wants_code(heard: Hearing) -> bool:
    """Whether a (new) code is asked for."""
    return heard.intent == "new_code" or bool(_WANTS_CODE.search(plain(heard.text)))


class ValidateProofForm(FlowForm):
    """One question: the code, or the PIN."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """The digits, or the wish for a code."""
        digits = heard.entity("code") if heard.intent == "give_code" else None
        try:
            if digits:
                return await self._proved(heard, digits)
            if wants_code(heard) or (heard.is_yes and not heard.slots.get("proof_code_id")):
                return await self._code_started(heard)
        except ServiceUnavailable:
            heard.dispatcher.utter_message(response="utter_service_away")
            return {}
        return {"proof_code": "stopped"} if heard.is_no else {}

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """Until it ended, one way or the other."""
        return None if slots.get("proof_code") else "proof_code"

    async def _proved(self, heard: Hearing, digits: str) -> Slots:
        identity, code_id = services().identity, heard.slots.get("proof_code_id")
        has_pin = "pin" in (heard.slots.get("proof_ways") or ())
        is_pin = has_pin and (not code_id or len(digits) != CODE_CHARS)
        try:
            if is_pin:
                await identity.pin_check(conversation=heard.conversation, pin=digits)
            elif code_id:
                await identity.code_confirm(
                    conversation=heard.conversation, code_id=code_id, code=digits
                )
            else:  # a code that ended: only a new one helps
                heard.dispatcher.utter_message(response="utter_code_ended")
                return {}
        except ServiceRefused as refusal:
            return await self._refused(heard, refusal)
        return {"proof_code": "proved"}

    async def _refused(self, heard: Hearing, refusal: ServiceRefused) -> Slots:
        match refusal.code:
            case "code_wrong" | "pin_wrong":
                say_attempts(heard.dispatcher, heard.phrases, refusal)
                return {}
            case "code_ended":
                now = await services().identity.recognised(conversation=heard.conversation)
                if now.level == SPENDING:  # it was right: only the answer got lost
                    return {"proof_code": "proved"}
                heard.dispatcher.utter_message(response="utter_code_ended")
                return {"proof_code_id": None, "proof_ways": [w for w in now.ways if w != "pin"]}
            case "pin_locked" | "pin_unset":
                heard.dispatcher.utter_message(response="utter_pin_locked")
                return {"proof_ways": ["code"]}
            case "speaker_unclear":
                heard.dispatcher.utter_message(response="utter_speaker_unclear")
                return {"proof_code": "stopped"}
            case _:
                raise refusal

    async def _code_started(self, heard: Hearing) -> Slots:
        try:
            code_id = await services().identity.code_start(
                conversation=heard.conversation,
                idempotency_key=f"{heard.metadata.get('turn')}:proof",
            )
        except ServiceRefused as refusal:
            say_no_code(heard.dispatcher, heard.phrases, refusal)
            return {"proof_code": "stopped"}
        return {"proof_code_id": code_id}


class AskProofCode(Action):
    """Ask for the code that is on its way, for the PIN, or whether a new code is wanted."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_proof_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """See the class."""
        if tracker.get_slot("proof_code_id"):
            dispatcher.utter_message(response="utter_ask_code")
        elif "pin" in (tracker.get_slot("proof_ways") or ()):
            dispatcher.utter_message(response="utter_ask_pin")
        else:
            dispatcher.utter_message(response="utter_ask_new_code")
        return []


class SubmitProof(Action):
    """Go on with what needed the proof, or say that nothing happened."""

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_proof"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The slots are forgotten first: a continuation may need a proof of its own."""
        events: list[EventType] = [SlotSet(name, None) for name in PROOF_SLOTS]
        if tracker.get_slot("proof_code") != "proved":
            dispatcher.utter_message(response="utter_proof_stopped")
            return [*events, *ended(dispatcher, tracker, domain)]
        continuation = _continuations[str(tracker.get_slot("proof_for"))]
        needed_for = tracker.get_slot("proof_with")
        return [*events, *await continuation(dispatcher, tracker, domain, needed_for)]
