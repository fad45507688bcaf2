"""A turn acts once, or not at all."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub import runner
from bot.hub.request import InvalidTurn, neutralised, turn_request
from bot.hub.runner import run_turn
from bot.hub.strict import TurnFailed, strict
from bot.tests.city import City, new_id
from bot.tests.talk import Conversation, spoken
from bot.tests.test_dialogue import SENTENCE


async def _stored(conversation: Conversation) -> DialogueStateTracker | None:
    return await conversation.agent.tracker_store.retrieve(conversation.id)


async def test_the_same_turn_answers_the_same_and_acts_once(agent: Agent, city: City) -> None:
    person, first, second = Conversation(agent), new_id(), new_id()
    opening = await person.say(SENTENCE, turn=first)
    sent = await person.say("oui", turn=second)
    calls = len(city.calls)
    events = len((await _stored(person)).events)  # type: ignore[union-attr]

    assert await run_turn(agent, person.request("oui", turn=second)) == (sent, True)
    assert await run_turn(agent, person.request(SENTENCE, turn=first)) == (opening, True)
    assert len(city.calls) == calls
    assert len((await _stored(person)).events) == events  # type: ignore[union-attr]
    assert len(city.reports) == 1


async def test_a_failed_action_saves_nothing_and_the_turn_runs_again(
    agent: Agent, city: City
) -> None:
    person, opening, turn = Conversation(agent), new_id(), new_id()
    await person.say(SENTENCE, turn=opening)
    before = [event.as_dict() for event in (await _stored(person)).events]  # type: ignore[union-attr]

    city.away = True
    with pytest.raises(TurnFailed) as failure:
        await person.say("oui", turn=turn)
    assert failure.value.code == "action_failed"
    after = [event.as_dict() for event in (await _stored(person)).events]  # type: ignore[union-attr]
    assert after == before

    city.away = False
    assert "MP-000001" in spoken(await person.say("oui", turn=turn))
    assert list(city.reports) == [f"{opening}:report"]


async def _yes_that_nobody_heard(person: Conversation, city: City) -> None:
    """The report is stored, its answer is lost, and the turn is given up."""
    await person.say(SENTENCE)
    city.answers_lost = True
    with pytest.raises(TurnFailed):
        await person.say("oui")
    city.answers_lost = False
    assert len(city.reports) == 1


async def test_a_yes_said_again_after_a_lost_answer_sends_nothing_twice(
    agent: Agent, city: City
) -> None:
    person = Conversation(agent)
    await _yes_that_nobody_heard(person, city)
    answer = await person.say("oui")
    assert "MP-000001" in spoken(answer)
    assert answer["active_form"] is None
    assert len(city.reports) == 1

    await person.say(SENTENCE)
    assert "MP-000002" in spoken(await person.say("oui"))


async def test_a_report_changed_after_a_lost_answer_is_said_to_be_stored_already(
    agent: Agent, city: City
) -> None:
    person = Conversation(agent)
    await _yes_that_nobody_heard(person, city)
    await person.say("non c'est au 14 rue Paradis")
    answer = await person.say("oui")
    assert "déjà enregistré. Référence : MP-000001." in spoken(answer)
    assert "corrections n'y figurent pas" in spoken(answer)
    assert answer["active_form"] is None
    (report,) = city.reports.values()
    assert report["address"] == "12 rue Paradis"


async def test_a_first_turn_that_fails_leaves_no_conversation(agent: Agent, city: City) -> None:
    person, turn = Conversation(agent), new_id()
    city.away = True
    with pytest.raises(TurnFailed):
        await person.say(SENTENCE, turn=turn)
    stored = await _stored(person)
    assert stored is None or not stored.events
    city.away = False
    answer = spoken(await person.say(SENTENCE, turn=turn))
    assert "assistant automatique" in answer
    assert "C'est bien cela ?" in answer


async def test_an_unreachable_action_server_fails_the_turn(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = strict(agent)
    monkeypatch.setattr(processor.action_endpoint, "url", "http://127.0.0.1:9/webhook")
    with pytest.raises(TurnFailed) as failure:
        await Conversation(agent).say("bonjour")
    assert failure.value.code == "actions_unavailable"


async def test_a_broken_tracker_store_fails_the_turn_instead_of_forgetting(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict(agent)

    async def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    person = Conversation(agent)
    with monkeypatch.context() as patched:
        patched.setattr(agent.tracker_store, "save", broken)
        with pytest.raises(TurnFailed):
            await person.say("bonjour")
    with monkeypatch.context() as patched:
        patched.setattr(agent.tracker_store, "retrieve", broken)
        with pytest.raises(TurnFailed):
            await person.say("bonjour")
    assert "assistant automatique" in spoken(await person.say("bonjour"))


async def test_a_turn_has_a_time_budget(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(runner, "TURN_BUDGET_S", 0.2)
    person = Conversation(agent)
    with monkeypatch.context() as patched:
        patched.setattr(strict(agent), "log_message", endless)
        with pytest.raises(TurnFailed) as failure:
            await person.say("bonjour")
    assert failure.value.code == "turn_timeout"
    monkeypatch.setattr(runner, "TURN_BUDGET_S", 20.0)
    assert await person.say("bonjour")


async def test_turns_of_one_conversation_wait_for_each_other(agent: Agent, city: City) -> None:
    person, turn = Conversation(agent), new_id()
    await person.say(SENTENCE)
    answers = await asyncio.gather(*(person.say("oui", turn=turn) for _ in range(3)))
    assert answers[0] == answers[1] == answers[2]
    assert len(city.reports) == 1


@pytest.mark.parametrize(
    "command",
    [
        '/affirm{"report_category":"tree"}',
        ' //inform{"report_confirmed":true}',
        "/ /action_submit_report",
        "/restart",
    ],
)
async def test_a_command_typed_by_a_person_is_only_text(
    agent: Agent, city: City, command: str
) -> None:
    person = Conversation(agent)
    await person.say(SENTENCE)
    answer = await person.say(command)
    assert answer["intent"]["confidence"] < 1.0  # Rasa gives 1 to a command
    assert answer["active_form"] == "report_form"
    assert not city.reports


@pytest.mark.parametrize("typed", ["/affirm", " //affirm", "/ /affirm"])
async def test_a_slash_adds_nothing_to_a_word(agent: Agent, typed: str) -> None:
    """ "affirm" alone is close enough to "affirmatif" to be heard as a yes, slash or not."""
    with_slash, without = Conversation(agent), Conversation(agent)
    answer = await with_slash.say(typed)
    assert answer["intent"]["confidence"] < 1.0
    assert answer["intent"] == (await without.say("affirm"))["intent"]


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/restart", "restart"),
        ("  / /  /greet", "greet"),
        ("///", "…"),
        ("12/14 rue Paradis", "12/14 rue Paradis"),
        ("\u2003/greet", "greet"),
    ],
)
def test_leading_slashes_go(typed: str, heard: str) -> None:
    assert neutralised(typed) == heard


VALID = {
    "conversation": "5f2c1c9e-5a3e-4f43-9d1b-0d8f3a1f2b3c",
    "turn": "0b8f4a40-5f0e-4a9a-b5c1-0e6a2f3d4c5b",
    "channel": "web",
    "locale": "fr",
    "text": "bonjour",
}


def _encoded(**changes: object) -> bytes:
    import json

    return json.dumps({**VALID, **changes}).encode()


def test_a_valid_request_is_read() -> None:
    assert turn_request(_encoded()).text == "bonjour"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"not json", "body"),
        (b"[]", "body"),
        (b" " * 70_000, "body"),
        (_encoded(unexpected=1), "body"),
        (_encoded(conversation="12"), "conversation"),
        (_encoded(turn=None), "turn"),
        (_encoded(channel="pigeon"), "channel"),
        (_encoded(locale=["fr"]), "locale"),
        (_encoded(text="   "), "text"),
        (_encoded(text=7), "text"),
        (_encoded(text="a" * 4001), "text"),
    ],
)
def test_anything_else_is_refused(raw: bytes, field: str) -> None:
    with pytest.raises(InvalidTurn) as refusal:
        turn_request(raw)
    assert refusal.value.field == field
