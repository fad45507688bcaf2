"""Tell people their points."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients import Balance, services
from actions.http import ServiceUnavailable
from actions.phrases import points_phrase


class TellBalance(Action):
    """Available points, and those that wait for a validation."""

    def name(self) -> str:
        """As in the domain."""
        return "action_balance"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Utter the balance. A question is not worth retrying for hours: when a service is away
        the answer says so. Raises ``ServiceRefused`` when our own access is refused."""
        try:
            wallet_id = await services().console.wallet_of(conversation=str(tracker.sender_id))
            balance = await services().wallet.balance(wallet_id=wallet_id) if wallet_id else None
        except ServiceUnavailable:
            dispatcher.utter_message(response="utter_balance_unavailable")
            return []
        self._say(dispatcher, domain, balance)
        return []

    @staticmethod
    def _say(dispatcher: CollectingDispatcher, domain: DomainDict, balance: Balance | None) -> None:
        if balance is None:
            dispatcher.utter_message(response="utter_no_wallet")
            return
        available = points_phrase(domain, balance.available_points)
        pending = points_phrase(domain, balance.pending_points)
        if balance.pending_points <= 0:
            dispatcher.utter_message(response="utter_balance", available=available)
        elif balance.available_points:
            dispatcher.utter_message(
                response="utter_balance_with_pending", available=available, pending=pending
            )
        else:
            dispatcher.utter_message(response="utter_balance_pending_only", pending=pending)
