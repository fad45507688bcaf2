"""A channel that has introduced the assistant itself hears no second introduction."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub.answer import turn_answer
from bot.tests.city import new_id

TURN = new_id()


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("sms", ["Bonjour.", "On le reprend ?", "Merci. Suivi : https://a.fr/x", "https://a.fr"]),
        # Nothing is left of what was only a link.
        ("voice", ["On le reprend ?", "Merci."]),
    ],
)
def test_what_a_first_turn_says(channel: str, said: list[str]) -> None:
    events = [
        SessionStarted(),
        BotUttered("Bonjour.", metadata={"utter_action": "utter_introduction"}),
        BotUttered("On le reprend ?", metadata={"utter_action": "utter_offer_resume"}),
        UserUttered("allô", {"name": "greet"}, [], metadata={"turn": TURN, "channel": channel}),
        BotUttered("Merci. Suivi : https://a.fr/x"),
        BotUttered("https://a.fr"),
    ]
    tracker = DialogueStateTracker.from_events(new_id(), events, [])
    answer = turn_answer(tracker, TURN, Domain.empty())
    assert answer is not None
    assert [reply["text"] for reply in answer["replies"]] == said
