"""Codes in a conversation: asked for, checked, gone on with, and in no part of what is stored."""

from __future__ import annotations

import json

import pytest
from rasa.core.agent import Agent

from bot.tests.city import CODE, City
from bot.tests.talk import Conversation, spoken
from bot.tests.test_dialogue import SENTENCE

NUMBER = "06 39 98 01 78"


@pytest.fixture
def person(agent: Agent) -> Conversation:
    return Conversation(agent)


async def _stored(person: Conversation) -> str:
    tracker = await person.agent.tracker_store.retrieve(person.id)
    assert tracker is not None
    return json.dumps([event.as_dict() for event in tracker.events])


async def test_points_in_the_middle_of_a_report_take_a_code_and_the_report_goes_on(
    person: Conversation, city: City
) -> None:
    city.level, city.wallet_id, city.available_points = "cases", person.id, 10
    await person.say(SENTENCE)
    asked = await person.say("quel est mon solde ?")
    assert asked["active_form"] == "proof_form"
    assert "10 points" not in spoken(asked)
    wrong = await person.say("111222")
    assert ("4 essais" in spoken(wrong), wrong["was_secret"]) == (True, True)
    helped = await person.say("aide")
    assert (helped["active_form"], helped["was_secret"]) == ("proof_form", False)
    told = await person.say("c'est le 482 915")
    assert "Vous avez 10 points" in spoken(told)
    assert "C'est bien cela" in spoken(told)
    assert told["active_form"] == "report_form"
    assert len(city.codes_asked) == 1
    stored = await _stored(person)
    assert all(code not in stored for code in (CODE, "482 915", "111222"))


async def test_a_phone_is_linked_and_neither_it_nor_its_code_is_kept(
    person: Conversation, city: City
) -> None:
    asked = await person.say("je veux relier mon compte à mon téléphone")
    assert asked["active_form"] == "link_form"
    told = await person.say(NUMBER)
    assert "finit par 78" in spoken(told)
    again = await person.say("Envoyez un nouveau code")
    assert "Quel numéro" in spoken(again)
    await person.say(NUMBER)
    done = await person.say(CODE)
    assert "ce numéro est relié" in spoken(done)
    assert done["active_form"] is None
    assert city.phones == ["+33639980178", "+33639980178"]
    stored = await _stored(person)
    assert all(secret not in stored for secret in (CODE, NUMBER, "639980178"))
    assert "Aucun numéro" in spoken(
        [await person.say(text) for text in ("je veux relier mon téléphone", "annuler")][-1]
    )


async def test_everything_is_erased_after_a_code_a_warning_and_its_own_words(
    person: Conversation, city: City
) -> None:
    city.level = "cases"
    await person.say("je veux effacer mes données personnelles")
    warned = await person.say(CODE)
    assert "Vous perdez 10 points." in spoken(warned)
    assert warned["active_form"] == "data_form"
    assert (await person.say("oui"))["active_form"] == "data_form"
    assert not city.erased
    assert "C'est effacé." in spoken(await person.say("Oui, tout effacer"))
    assert city.erased
