"""A turn acts once, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub import runner
from bot.hub.kept import kept_reports, send_kept, waiting_in
from bot.hub.once import answer_validator
from bot.hub.request import InvalidTurn, neutralised, turn_request
from bot.hub.runner import run_turn
from bot.hub.strict import TurnFailed, strict
from bot.tests.city import City, new_id
from bot.tests.talk import Conversation, spoken
from bot.tests.test_dialogue import SENTENCE


async def _stored(conversation: Conversation) -> DialogueStateTracker | None:
    return await conversation.agent.tracker_store.retrieve(conversation.id)


def test_what_an_action_answers_is_checked_and_the_schema_is_not(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict(agent)
    action = RemoteAction("action_balance", None)
    assert action._validate_action_result({"events": [], "responses": []})
    monkeypatch.setattr(type(answer_validator()), "check_schema", _never)
    assert action._validate_action_result({"events": [{"event": "slot", "name": "a", "value": 1}]})
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": [{"event": "no such event"}]})


def test_an_event_that_nobody_knows_is_an_error_each_time(agent: Agent) -> None:
    strict(agent)
    assert Event.resolve_by_type("user") is UserUttered
    for _ in range(2):
        with pytest.raises(ValueError, match="no_such_event"):
            Event.resolve_by_type("no_such_event")


def _never(*_: object) -> None:
    raise AssertionError("the schema was checked again")


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

    city.refuses_our_token = True
    with pytest.raises(TurnFailed) as failure:
        await person.say("oui", turn=turn)
    assert failure.value.code == "action_failed"
    after = [event.as_dict() for event in (await _stored(person)).events]  # type: ignore[union-attr]
    assert after == before

    city.refuses_our_token = False
    assert "MP-000001" in spoken(await person.say("oui", turn=turn))
    assert list(city.reports) == [f"{opening}:report"]


async def test_a_report_is_kept_while_the_city_is_away_then_sent_and_told_once(
    agent: Agent, city: City
) -> None:
    person, opening = Conversation(agent), new_id()
    await person.say(SENTENCE, turn=opening)
    city.away = True
    kept = await person.say("oui")
    assert "Je garde votre signalement et je vous recontacte" in spoken(kept)
    assert kept["active_form"] is None
    keeper = kept_reports(agent)
    assert person.id in keeper.waiting
    await keeper.send_all(agent)
    assert person.id in keeper.waiting
    assert not city.reports

    city.away = False
    await keeper.send_all(agent)
    await keeper.send_all(agent)
    assert person.id not in keeper.waiting
    assert list(city.reports) == [f"{opening}:report"]
    assert list(city.notices) == [f"kept:{opening}:report"]
    assert "MP-000001" in next(iter(city.notices.values()))
    # The conversation goes on as after any turn.
    assert "Avec plaisir" in spoken(await person.say("merci beaucoup"))


async def test_a_process_that_starts_finds_what_was_kept(agent: Agent, city: City) -> None:
    if not isinstance(strict(agent).tracker_store, SQLTrackerStore):
        assert waiting_in(agent.tracker_store) == set()  # memory does not outlive a process
        return
    person = Conversation(agent)
    await person.say(SENTENCE)
    city.away = True
    await person.say("oui")
    assert person.id in waiting_in(agent.tracker_store)
    city.away = False
    await send_kept(agent, person.id)
    assert person.id not in waiting_in(agent.tracker_store)


async def test_a_lost_answer_stores_nothing_twice(agent: Agent, city: City) -> None:
    person = Conversation(agent)
    await person.say(SENTENCE)
    city.answers_lost = True
    assert "Je garde votre signalement" in spoken(await person.say("oui"))
    assert len(city.reports) == 1
    city.answers_lost = False
    await send_kept(agent, person.id)
    assert len(city.reports) == 1
    assert "MP-000001" in next(iter(city.notices.values()))

    await person.say(SENTENCE)
    assert "MP-000002" in spoken(await person.say("oui"))


async def test_after_days_of_silence_a_draft_is_offered_and_resumed(
    agent: Agent, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, back = Conversation(agent), new_id()
    await person.say(SENTENCE)
    processor = strict(agent)
    with monkeypatch.context() as patched:
        patched.setattr(processor, "_has_session_expired", lambda _: True)
        greeted = await person.say("bonjour", turn=back)
    assert "C'est encore l'assistant automatique" in spoken(greeted)
    assert "Vous aviez commencé un signalement" in spoken(greeted)
    assert greeted["active_form"] is None
    assert await run_turn(agent, person.request("bonjour", turn=back)) == (greeted, True)
    resumed = spoken(await person.say("oui"))
    assert "On reprend" in resumed
    assert "trou dans la chaussée, 12 rue Paradis à Marseille" in resumed
    assert "MP-000001" in spoken(await person.say("oui"))


async def test_what_was_half_made_by_telephone_goes_on_by_text(agent: Agent, city: City) -> None:
    caller, texter = Conversation(agent), Conversation(agent)
    await caller.say(SENTENCE)
    request = replace(texter.request("oui"), channel="sms", resumes=caller.id)
    answer, _ = await run_turn(agent, request)
    assert "On reprend" in spoken(answer)
    assert "trou dans la chaussée, 12 rue Paradis à Marseille" in spoken(answer)
    assert await run_turn(agent, request) == (answer, True)
    assert "MP-000001" in spoken(await texter.say("oui"))
    assert len(city.reports) == 1


async def test_a_draft_that_is_not_wanted_is_forgotten(
    agent: Agent, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Conversation(agent)
    await person.say(SENTENCE)
    processor = strict(agent)
    with monkeypatch.context() as patched:
        patched.setattr(processor, "_has_session_expired", lambda _: True)
        await person.say("bonjour")
    assert "oublié" in spoken(await person.say("non"))
    assert "Que puis-je faire" in spoken(await person.say("oui"))
    assert not city.reports


async def test_a_first_turn_that_fails_leaves_no_conversation(agent: Agent, city: City) -> None:
    person, turn = Conversation(agent), new_id()
    city.refuses_our_token = True
    with pytest.raises(TurnFailed):
        await person.say(SENTENCE, turn=turn)
    stored = await _stored(person)
    assert stored is None or not stored.events
    city.refuses_our_token = False
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
        patched.setattr(strict(agent), "_update_tracker_session", endless)
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
    # Its words may open another form or drop this one; what it commands is not done.
    assert answer["slots"].get("report_category") != "tree"
    assert answer["slots"].get("report_confirmed") is not True
    tracker = await _stored(person)
    assert tracker is not None
    done = {event.type_name for event in tracker.events}
    assert "restart" not in done
    acted = [getattr(event, "action_name", None) for event in tracker.events]
    assert "action_submit_report" not in acted
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
        (_encoded(choice="oui"), "choice"),
        (_encoded(attachment={}), "attachment"),
        (_encoded(attachment={"photo": "12"}), "photo"),
        (_encoded(attachment={"photo": VALID["turn"], "more": 1}), "attachment"),
        (_encoded(location=[43.3, 5.4]), "location"),
        (_encoded(location={"latitude": 91, "longitude": 5.4}), "location"),
        (_encoded(location={"latitude": True, "longitude": 5.4}), "location"),
    ],
)
def test_anything_else_is_refused(raw: bytes, field: str) -> None:
    with pytest.raises(InvalidTurn) as refusal:
        turn_request(raw)
    assert refusal.value.field == field


def _without_text(**content: object) -> bytes:
    import json

    return json.dumps({k: v for k, v in {**VALID, **content}.items() if k != "text"}).encode()


def test_a_button_a_photo_and_a_position_are_read() -> None:
    assert turn_request(_without_text(choice="/oui")).text == "oui"
    photo = turn_request(_without_text(attachment={"photo": VALID["turn"]}))
    assert (photo.text, photo.photo) == ("", VALID["turn"])
    captioned = turn_request(_encoded(attachment={"photo": VALID["turn"]}))
    assert captioned.text == "bonjour"
    position = turn_request(_without_text(location={"latitude": 43, "longitude": 5.4})).location
    assert position is not None
    assert (position.latitude, position.longitude) == (43.0, 5.4)
