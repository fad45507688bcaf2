"""Codes and numbers that were asked for: understood without the NLU, gone before they are kept."""

from __future__ import annotations

import json

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.entities.numbers import find_said_digits
from bot.hub.answer import turn_answer
from bot.hub.choices import meant
from bot.hub.request import TurnRequest
from bot.hub.secret_words import forget_secrets, secret_command
from bot.tests.city import new_id

TURN = new_id()


def _asked(slot: str | None) -> DialogueStateTracker:
    slots = [AnySlot(name, mappings=[{}]) for name in ("requested_slot", "locale")]
    events = [ActiveLoop("a_form"), SlotSet("requested_slot", slot)] if slot else []
    return DialogueStateTracker.from_events(new_id(), events, slots)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("123456", "123456"),
        ("123 456", "123456"),
        ("le code c'est 12-34-56 merci", "123456"),
        ("un deux trois quatre cinq six", "123456"),
        ("zéro zéro sept huit neuf un", "007891"),
        ("douze trente-quatre cinquante-six", "123456"),
        ("2580", "2580"),
        ("0612345678", None),
        ("123456 ou 654321", None),
        ("rien reçu", None),
    ],
)
def test_digits_however_they_are_said(text: str, digits: str | None) -> None:
    assert find_said_digits(text, fewest=4, most=6) == digits


@pytest.mark.parametrize(
    ("slot", "text", "command"),
    [
        ("proof_code", "123456", '/give_code{"code": "123456"}'),
        ("link_code", "123 456", '/give_code{"code": "123456"}'),
        ("link_phone", "06 39 98 01 23", '/give_phone{"phone": "+33639980123"}'),
        ("link_phone", "061234", '/give_phone{"phone": "061234"}'),
        ("link_code", "Envoyez un nouveau code", "/new_code"),
        ("proof_code", "3114", None),  # a line to call, in the middle of anything
        ("link_phone", "aide", None),
        ("report_location", "123456", None),
        (None, "123456", None),
    ],
)
def test_only_what_was_asked_for_is_a_secret(
    slot: str | None, text: str, command: str | None
) -> None:
    assert secret_command(_asked(slot), text) == command
    request = TurnRequest(conversation=new_id(), turn=TURN, channel="web", locale="fr", text=text)
    assert meant(_asked(slot), request) == (command or text)


def test_what_was_told_in_confidence_is_not_stored() -> None:
    tracker = _asked("link_code")
    entities = [{"entity": "code", "value": "123456", "start": 10, "end": 26}]
    said = UserUttered(
        '/give_code{"code": "123456"}',
        {"name": "give_code", "confidence": 1.0},
        entities,
        metadata={"turn": TURN, "channel": "web"},
    )
    tracker.update(said)
    assert not forget_secrets(tracker, new_id())  # another turn's
    assert forget_secrets(tracker, TURN)
    assert "123456" not in json.dumps([event.as_dict() for event in tracker.events])
    answer = turn_answer(tracker, TURN, Domain.empty())
    assert answer is not None
    assert (answer["was_secret"], answer["entities"]) == (True, [])
    assert answer["intent"]["name"] == "give_code"
