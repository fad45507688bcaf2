"""What every form shares: hear a message once, take the last answer back, choose the question.

Rasa calls ``validate_<form>`` on every turn of a form. Answering with no slot but
``requested_slot`` lets a rule answer the message first (balance, help, emergency…); Rasa then
calls it again to return to the question, and that second time the message is not heard again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.phrases import Phrases
from actions.turn import intent_of

Slots = dict[str, Any]

# Never an answer to a form's question, whatever it asks.
NEVER_AN_ANSWER = frozenset(
    {"emergency", "cancel_flow", "talk_to_human", "repeat", "undo", "set_language", "opt_out"}
)
# A mumble must not send anything: below this, the question is asked again.
YES_SURE = 0.7
# The action that opens forms: the message that it was called for is the form's to hear.
ROUTE = "action_route"
_FLOW_NAMES = {"report_form": "report", "pickup_form": "pickup"}
# Worth coming back to when another form interrupts them.
SUSPENDABLE = frozenset({"report_form", "pickup_form", "booking_form", "redeem_form"})
# Short ones: come back to unless they interrupt something themselves.
SHORT = frozenset({"proof_form", "link_form", "data_form"})


@dataclass(frozen=True)
class Hearing:
    """One message, and all that a form needs to understand it."""

    message: Mapping[str, Any]
    slots: Slots
    dispatcher: CollectingDispatcher
    phrases: Phrases
    conversation: str

    @property
    def text(self) -> str:
        """What was written."""
        return str(self.message.get("text") or "").strip()

    @property
    def intent(self) -> str:
        """What the NLU took it for; empty when it took it for nothing."""
        return intent_of(dict(self.message))

    @property
    def requested(self) -> str | None:
        """The slot that was asked for."""
        return self.slots.get("requested_slot")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the hub says of the turn: ``turn``, ``channel``, ``photo``, ``location``."""
        return self.message.get("metadata") or {}

    @property
    def channel(self) -> str:
        """The channel's code."""
        return str(self.metadata.get("channel") or "web")

    def entity(self, kind: str) -> str | None:
        """The last entity of this kind, in the person's words."""
        found = [e["value"] for e in self.message.get("entities") or [] if e["entity"] == kind]
        return str(found[-1]) if found else None

    @property
    def is_yes(self) -> bool:
        """A yes that nobody can take for a mumble."""
        sure = float((self.message.get("intent") or {}).get("confidence") or 0.0) >= YES_SURE
        return self.intent == "affirm" and sure

    @property
    def is_no(self) -> bool:
        """A no."""
        return self.intent == "deny"


class FlowForm(Action, ABC):
    """The validation of one form. Subclasses say what they hear and what they ask."""

    form: ClassVar[str]

    def name(self) -> str:
        """Rasa looks for this name beside the form's."""
        return f"validate_{self.form}"

    @abstractmethod
    async def hear(self, heard: Hearing) -> Slots:
        """Slot changes that the message tells; empty when it is about something else."""

    async def prepare(self, heard: Hearing, changes: Slots) -> Slots:
        """Further changes, from the city's systems, now that ``heard.slots`` has ``changes``."""
        return {}

    @abstractmethod
    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """The slot to ask for now, None when the form is complete."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Slots that changed, then the slot to ask for."""
        heard = Hearing(
            message=tracker.latest_message,
            slots=dict(tracker.slots),
            dispatcher=dispatcher,
            phrases=Phrases.of(domain, tracker),
            conversation=str(tracker.sender_id),
        )
        changes: Slots = {}
        if not already_heard(tracker, self.form):
            changes = self._undone(heard) if heard.intent == "undo" else await self._heard(heard)
        heard.slots.update(changes)
        if changes or not heard.requested:
            more = await self.prepare(heard, changes)
            changes.update(more)
            heard.slots.update(more)
        if dispatcher.messages and not changes:
            # Rasa drops what is said where no slot changes: it takes it for "not my message".
            changes = {"undo_slots": heard.slots.get("undo_slots")}
        events: list[EventType] = [SlotSet(name, value) for name, value in changes.items()]
        return [*events, SlotSet("requested_slot", self.next_question(heard.slots))]

    async def _heard(self, heard: Hearing) -> Slots:
        if heard.intent in NEVER_AN_ANSWER:
            return {}
        changes = await self.hear(heard)
        if not changes:
            return {}
        before = {name: heard.slots.get(name) for name in changes}
        return {**changes, "undo_slots": {"form": self.form, "slots": before}}

    def _undone(self, heard: Hearing) -> Slots:
        """The slots as they were before the last answer, once."""
        kept = heard.slots.get("undo_slots") or {}
        if kept.get("form") != self.form or not kept.get("slots"):
            return {}
        heard.dispatcher.utter_message(response="utter_undone")
        return {**kept["slots"], "undo_slots": None}


def already_heard(tracker: Tracker, form: str) -> bool:
    """Whether something else answered this turn's message before the form runs."""
    for event in reversed(tracker.events):
        kind, name = event.get("event"), event.get("name")
        if kind == "user":
            return False
        if kind == "action_execution_rejected" and name == form:
            return True
        if kind == "action" and name not in (form, ROUTE, "action_listen"):
            return True
    return False


def opening(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: DomainDict,
    wanted: str,
    *,
    says_so: bool = True,
) -> list[EventType]:
    """Events that open ``wanted``; a form in progress is put aside, and said to be."""
    active = tracker.active_loop.get("name")
    is_kept = active in SUSPENDABLE or (
        active in SHORT and active != wanted and not tracker.get_slot("suspended_flow")
    )
    if not is_kept:
        return [FollowupAction(wanted)]
    if says_so:
        words = draft_words(Phrases.of(domain, tracker), active)
        dispatcher.utter_message(response="utter_put_aside", draft=words)
    return [SlotSet("suspended_flow", active), FollowupAction(wanted)]


def draft_words(phrases: Phrases, form: str | None) -> str:
    """What a form makes, inside a sentence: "votre signalement"."""
    return phrases.text(f"utter_this_{_FLOW_NAMES.get(form or '', 'other')}")


def ended(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: DomainDict,
    *,
    says_so: bool = True,
) -> list[EventType]:
    """Last events of a form: back to the one that it interrupted, if any."""
    suspended = tracker.get_slot("suspended_flow")
    if not suspended:
        return [SlotSet("undo_slots", None)]
    if says_so:
        words = draft_words(Phrases.of(domain, tracker), suspended)
        dispatcher.utter_message(response="utter_back_to", draft=words)
    return [
        SlotSet("undo_slots", None),
        SlotSet("suspended_flow", None),
        FollowupAction(str(suspended)),
    ]
