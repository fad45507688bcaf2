"""The balance, in all the states that it can be in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.http import ServiceRefused
from actions.tests.conftest import CONSOLE, CONVERSATION, WALLET, message, tracker
from actions.wallet import TellBalance

WALLET_ID = "9a1d3f0e-6f57-4d0b-8f0f-0c4b4f6f8a11"
ASKED = tracker(message("mon solde", "check_balance"))


def _wallet_known(wallet_id: str | None = WALLET_ID) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": wallet_id, "locale": "fr"}
    )


@respx.mock
@pytest.mark.parametrize(
    ("available", "pending", "response", "told"),
    [
        (10, 0, "utter_balance", {"available": "10 points"}),
        (1, 0, "utter_balance", {"available": "1 point"}),
        (0, 0, "utter_balance", {"available": "0 point"}),
        (0, 10, "utter_balance_pending_only", {"pending": "10 points"}),
        (
            1250,
            1,
            "utter_balance_with_pending",
            {"available": "1\u202f250 points", "pending": "1 point"},
        ),
    ],
)
async def test_points_are_told(
    dispatcher: CollectingDispatcher,
    domain: Any,
    available: int,
    pending: int,
    response: str,
    told: dict[str, str],
) -> None:
    _wallet_known()
    route = respx.get(f"{WALLET}/v1/wallets/{WALLET_ID}").respond(
        json={"available_points": available, "pending_points": pending}
    )
    assert await TellBalance().run(dispatcher, ASKED, domain) == []
    (uttered,) = dispatcher.messages
    assert uttered["response"] == response
    assert told.items() <= uttered.items()
    assert route.calls.last.request.headers["Authorization"] == "Bearer wallet-token"


@respx.mock
async def test_nobody_has_a_wallet_before_a_first_reward(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    _wallet_known(None)
    await TellBalance().run(dispatcher, ASKED, domain)
    assert said() == ["utter_no_wallet"]


@respx.mock
async def test_a_wallet_the_ledger_does_not_know_yet_is_no_wallet(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    _wallet_known()
    respx.get(f"{WALLET}/v1/wallets/{WALLET_ID}").respond(404, json={"code": "wallet_unknown"})
    await TellBalance().run(dispatcher, ASKED, domain)
    assert said() == ["utter_no_wallet"]


@respx.mock
@pytest.mark.parametrize("away", ["console", "wallet"])
async def test_a_service_being_away_is_said(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]], away: str
) -> None:
    if away == "console":
        respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(503)
    else:
        _wallet_known()
        respx.get(f"{WALLET}/v1/wallets/{WALLET_ID}").respond(503)
    await TellBalance().run(dispatcher, ASKED, domain)
    assert said() == ["utter_balance_unavailable"]


@respx.mock
async def test_a_refused_token_is_our_fault_and_fails(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        401, json={"code": "unauthorized"}
    )
    with pytest.raises(ServiceRefused):
        await TellBalance().run(dispatcher, ASKED, domain)
