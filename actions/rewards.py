"""Points become something: the catalogue, and a voucher after a read-back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import services
from actions.flow import FlowForm, Hearing, Slots, ended
from actions.http import ServiceRefused, ServiceUnavailable
from actions.phrases import Phrases, plain
from actions.proof import NEEDED, continues, needs_proof
from actions.settings import public_url
from actions.turn import idempotency_key

FORM = "redeem_form"
REDEEM_SLOTS = ("redeem_offers", "redeem_offer", "redeem_commune", "redeem_confirmed")
OFFERS_MAX = 5
_ALIKE = 0.75
_COMMON = frozenset({"avec", "contre", "pour", "points", "point", "echanger", "veux", "voudrais"})


class ListRewards(Action):
    """What points can bring, the cheapest first."""

    def name(self) -> str:
        """As in the domain."""
        return "action_list_rewards"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Titles and prices; says so when a service is away."""
        phrases = Phrases.of(domain, tracker)
        try:
            offers = await _offers(str(tracker.sender_id))
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_service_away")
            return []
        if not offers:
            dispatcher.utter_message(response="utter_rewards_none")
            return []
        dispatcher.utter_message(
            response="utter_rewards",
            lines="; ".join(_line(phrases, offer) for offer in offers) + ".",
        )
        return []


async def _offers(conversation: str) -> list[dict[str, Any]]:
    try:
        wallet_id = await services().console.wallet_of(conversation=conversation)
    except ServiceRefused as refusal:
        if refusal.code != NEEDED:
            raise
        wallet_id = None  # the catalogue is everybody's
    found = await services().wallet.offers(wallet_id=wallet_id, limit=20)
    shown = sorted(found, key=lambda offer: int(offer["price_points"]))[:OFFERS_MAX]
    return [
        {
            "id": offer["id"],
            "title": offer["title"],
            "points": int(offer["price_points"]),
            "communes": list(offer["communes"]),
        }
        for offer in shown
    ]


def _line(phrases: Phrases, offer: Mapping[str, Any]) -> str:
    return phrases.text(
        "utter_reward_line", title=str(offer["title"]), points=phrases.points(offer["points"])
    )


class ValidateRedeemForm(FlowForm):
    """Which offer, and the yes to its price."""

    form = FORM

    async def hear(self, heard: Hearing) -> Slots:
        """An offer by its name, or the answer to the read-back."""
        if heard.requested == "redeem_confirmed":
            if heard.is_yes:
                return {"redeem_confirmed": True}
            if heard.is_no:
                return {"redeem_offer": None, "redeem_confirmed": False}
        if heard.requested == "redeem_commune":
            return await _commune_heard(heard)
        is_opening = heard.intent == "redeem_reward" and heard.requested is None
        try:
            offers = heard.slots.get("redeem_offers") or await _offers(heard.conversation)
        except ServiceUnavailable:
            return {"redeem_offers": [], "redeem_confirmed": False}
        chosen = offer_named(heard.entity("reward") or heard.text, offers)
        if chosen:
            return {"redeem_offers": offers, "redeem_offer": chosen}
        if not is_opening:
            return {}
        if heard.entity("reward") and offers:
            heard.dispatcher.utter_message(response="utter_redeem_not_found")
        return {"redeem_offers": offers}

    def next_question(self, slots: Mapping[str, Any]) -> str | None:
        """Nothing to choose from, or a no, ends the form."""
        if slots.get("redeem_offers") == [] or slots.get("redeem_confirmed") is not None:
            return None
        offer = slots.get("redeem_offer")
        if not offer:
            return "redeem_offer"
        if offer.get("communes") and not slots.get("redeem_commune"):
            return "redeem_commune"
        return "redeem_confirmed"


async def _commune_heard(heard: Hearing) -> Slots:
    """The INSEE code of a commune that is told; says so when nobody knows it."""
    told = heard.entity("commune") or heard.text
    if not told or heard.intent not in ("inform", "nlu_fallback", "out_of_scope", ""):
        return {}
    try:
        found = await services().console.resolve_place(text=told, commune=told)
    except ServiceUnavailable:
        heard.dispatcher.utter_message(response="utter_redeem_away")
        return {"redeem_confirmed": False}
    if found.insee is None or not found.in_territory:
        heard.dispatcher.utter_message(response="utter_commune_unknown")
        return {}
    return {"redeem_commune": found.insee}


def offer_named(said: str, offers: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The one offer that ``said`` names; None when none or several do."""
    words = plain(said)
    if len(words) < 3:
        return None
    exact = [o for o in offers if plain(_title(o)) in words or words in plain(_title(o))]
    if not exact:
        exact = [
            offer
            for offer in offers
            if SequenceMatcher(None, words, plain(_title(offer))).ratio() >= _ALIKE
        ]
    told = _content(words)
    if not exact:
        exact = [o for o in offers if told & _content(plain(_title(o)))]
    # "une entrée à la piscine" holds the title "Entrée" too: the one with more words is meant.
    shared = [len(told & _content(plain(_title(o)))) for o in exact]
    best = [o for o, count in zip(exact, shared, strict=True) if count == max(shared)]
    return dict(best[0]) if len(best) == 1 else None


def _title(offer: Mapping[str, Any]) -> str:
    return str(offer["title"])


def _content(words: str) -> set[str]:
    return {word for word in re.findall(r"\w{4,}", words) if word not in _COMMON}


class AskRedeemOffer(Action):
    """Offer the catalogue as choices."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_redeem_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Title and price on each button; the title is what is sent."""
        phrases = Phrases.of(domain, tracker)
        dispatcher.utter_message(
            response="utter_ask_redeem_offer",
            buttons=[
                {"title": _line(phrases, offer), "payload": str(offer["title"])}
                for offer in tracker.get_slot("redeem_offers") or []
            ],
        )
        return []


class AskRedeemConfirmed(Action):
    """Read the offer and its price back."""

    def name(self) -> str:
        """Rasa looks for this name when the form asks for the slot."""
        return "action_ask_redeem_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Yes or no."""
        offer = tracker.get_slot("redeem_offer")
        dispatcher.utter_message(
            response="utter_ask_redeem_confirmed",
            title=str(offer["title"]),
            points=Phrases.of(domain, tracker).points(int(offer["points"])),
        )
        return []


class SubmitRedeem(Action):
    """Ask the wallet for the voucher, once for each confirmed form, at the price that was read.

    The wallet stores key and answer in one transaction: a turn that runs again, or a yes said
    again after a lost answer, gets the same voucher. With the wallet away the action fails on
    purpose: whether points moved is not known, so the hub plays the same turn again.
    """

    def name(self) -> str:
        """As in the rules."""
        return "action_submit_redeem"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The code, and where links are read the page with the QR code."""
        events: list[EventType] = [SlotSet(name, None) for name in REDEEM_SLOTS]
        if tracker.get_slot("redeem_offers") == []:
            dispatcher.utter_message(response="utter_rewards_none")
        elif tracker.get_slot("redeem_confirmed") is not True:
            dispatcher.utter_message(response="utter_redeem_cancelled")
        else:
            wanted = {
                "offer": tracker.get_slot("redeem_offer"),
                "commune": tracker.get_slot("redeem_commune"),
                "key": idempotency_key(tracker, form=FORM, step="redeem"),
            }
            return [*events, *await redeem(dispatcher, tracker, domain, wanted)]
        return [*events, *ended(dispatcher, tracker, domain)]


@continues("redeem")
async def redeem(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: DomainDict,
    wanted: Mapping[str, Any],
) -> list[EventType]:
    """The exchange that was confirmed: ``offer``, ``commune`` and its idempotency ``key``, which
    is the same before and after a proof."""
    try:
        wallet_id = await services().console.wallet_of(
            conversation=str(tracker.sender_id), level="spending"
        )
    except ServiceUnavailable:
        dispatcher.utter_message(response="utter_redeem_away")
        return ended(dispatcher, tracker, domain)
    except ServiceRefused as refusal:
        if refusal.code != NEEDED:
            raise
        asked = await needs_proof(dispatcher, tracker, domain, "redeem", needed_for=wanted)
        return asked or ended(dispatcher, tracker, domain)
    if wallet_id is None:
        dispatcher.utter_message(response="utter_no_wallet")
        return ended(dispatcher, tracker, domain)
    phrases, offer = Phrases.of(domain, tracker), wanted["offer"]
    try:
        made = await services().wallet.redeem(
            wallet_id=wallet_id,
            offer_id=str(offer["id"]),
            channel=str((tracker.latest_message.get("metadata") or {}).get("channel") or "web"),
            points=int(offer["points"]),
            commune=wanted["commune"],
            idempotency_key=str(wanted["key"]),
        )
    except ServiceRefused as refusal:
        await _refused(dispatcher, phrases, refusal, wallet_id)
        return ended(dispatcher, tracker, domain)
    dispatcher.utter_message(
        response="utter_redeemed",
        code=str(made["voucher_code"]),
        partner=str(made["offer"]["partner_name"]),
        day=phrases.day(made["expires_at"]),
    )
    if public_url():
        dispatcher.utter_message(
            response="utter_redeemed_address", address=f"{public_url()}/bons/{made['id']}/"
        )
    act = {"kind": "voucher", "id": made["id"], "code": made["voucher_code"]}
    return [SlotSet("last_act", act), *ended(dispatcher, tracker, domain)]


async def _refused(
    dispatcher: CollectingDispatcher,
    phrases: Phrases,
    refusal: ServiceRefused,
    wallet_id: str,
) -> None:
    if refusal.status in (401, 403):
        raise refusal
    if refusal.code != "insufficient_points":
        dispatcher.utter_message(response="utter_redeem_refused")
        return
    balance = await services().wallet.balance(wallet_id=wallet_id)
    available = balance.available_points if balance else 0
    dispatcher.utter_message(
        response="utter_redeem_refused_points", available=phrases.points(available)
    )
