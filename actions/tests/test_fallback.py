"""The wording changes the second time, in a report and out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.fallback import Fallback
from actions.tests.conftest import CONSOLE, message, tracker

FIRST = [{"event": "user", "text": "?"}]
AFTER_ANOTHER = [
    {"event": "user", "text": "?"},
    {"event": "action", "name": "action_fallback"},
    {"event": "action", "name": "action_listen"},
    {"event": "user", "text": "??"},
]
LONG_AGO = [
    *AFTER_ANOTHER[:3],
    {"event": "user", "text": "merci"},
    {"event": "action", "name": "utter_welcome"},
    {"event": "user", "text": "??"},
]


@respx.mock
@pytest.mark.parametrize(
    ("events", "form", "response"),
    [
        (FIRST, None, "utter_fallback_first"),
        (AFTER_ANOTHER, None, "utter_fallback_second"),
        (LONG_AGO, None, "utter_fallback_first"),
        (FIRST, "report_form", "utter_fallback_in_flow_first"),
        (AFTER_ANOTHER, "report_form", "utter_fallback_in_flow_second"),
    ],
)
async def test_wording(
    dispatcher: CollectingDispatcher,
    said: Callable[[], list[str]],
    domain: Any,
    events: list[dict[str, Any]],
    form: str | None,
    response: str,
) -> None:
    respx.post(f"{CONSOLE}/api/v1/knowledge/answers").respond(json={"article": None})
    latest = message("??", "nlu_fallback")
    await Fallback().run(dispatcher, tracker(latest, events=events, form=form), domain)
    assert said() == [response]
    assert response in domain["responses"]
