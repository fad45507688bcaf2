"""The chat's WebSocket, over the real routing, database and channel layer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async

from agent_console.conversations.announce import announce_typing
from agent_console.conversations.models import Author, Conversation, Delivery, Message, Turn
from agent_console.conversations.ports import Reply, TurnResult
from agent_console.conversations.services import turn_complete
from channels_config.web import consumer as consumer_module
from channels_config.web import protocol
from channels_config.web.tests.conftest import ChatClient

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
type MakeClient = Callable[..., ChatClient]


@sync_to_async
def bot_answers(*texts: str) -> None:
    turn = Turn.objects.get(state="waiting")
    replies = [Reply(text=text, buttons=[{"title": "Oui", "payload": "oui"}]) for text in texts]
    turn_complete(
        turn_id=turn.id, result=TurnResult(replies=replies, intent="greet", confidence=0.9)
    )


async def first_exchange(client: ChatClient) -> tuple[str, str]:
    """Says hello and one message; returns the session and the message's id."""
    session = (await client.hello())["session"]
    message_id = str(uuid4())
    await client.say(type="send", id=message_id, text=TEXT)
    await client.next_of("messages")
    return session, message_id


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
async def test_another_origin_is_refused_before_anything_is_stored(
    chat_client: MakeClient, origin: str | None
) -> None:
    assert not await chat_client(origin=origin).socket.connect()


async def test_a_message_is_stored_accepted_and_shown(chat_client: MakeClient) -> None:
    client = chat_client()
    welcome = await client.hello()
    assert (welcome["type"], welcome["version"], welcome["last_seq"]) == ("welcome", 1, 0)
    message_id = str(uuid4())
    await client.say(type="send", id=message_id, text=f"  {TEXT}  ")
    accepted = await client.next()
    assert accepted == {"type": "accepted", "id": message_id, "seq": 1}
    shown = await client.next()
    (item,) = shown["items"]
    assert (item["text"], item["author"], item["client_id"]) == (TEXT, "citizen", message_id)
    stored = await Message.objects.aget()
    assert (stored.text, stored.seq) == (TEXT, 1)
    await client.socket.close()


async def test_the_same_message_twice_is_stored_once(chat_client: MakeClient) -> None:
    client = chat_client()
    session, message_id = await first_exchange(client)
    await client.say(type="send", id=message_id, text=TEXT)
    assert await client.next_of("accepted") == {"type": "accepted", "id": message_id, "seq": 1}
    again = chat_client()
    await again.hello(session=session)
    await again.say(type="send", id=message_id, text=TEXT)
    assert (await again.next_of("accepted"))["seq"] == 1
    assert await Message.objects.acount() == 1
    for each in (client, again):
        await each.socket.close()


async def test_two_visitors_with_the_same_message_id_stay_apart(chat_client: MakeClient) -> None:
    one, other = chat_client(), chat_client()
    _, message_id = await first_exchange(one)
    await other.hello()
    await other.say(type="send", id=message_id, text="Autre chose")
    await other.next_of("accepted")
    shown = await other.next_of("messages")
    assert [item["text"] for item in shown["items"]] == ["Autre chose"]
    assert await Conversation.objects.acount() == 2
    for each in (one, other):
        await each.socket.close()


async def test_an_answer_reaches_the_open_widget(chat_client: MakeClient) -> None:
    client = chat_client()
    await first_exchange(client)
    await bot_answers("C’est bien le 12 rue Paradis ?")
    shown = await client.next_of("messages")
    (item,) = shown["items"]
    assert (item["seq"], item["author"]) == (2, "bot")
    assert item["buttons"] == [{"title": "Oui", "payload": "oui"}]
    assert item["client_id"] is None
    await client.socket.close()


async def test_coming_back_brings_what_was_missed_and_nothing_else(
    chat_client: MakeClient,
) -> None:
    client = chat_client()
    session, _ = await first_exchange(client)
    await client.socket.close()
    await bot_answers("Un", "Deux")
    back = chat_client()
    welcome = await back.hello(session=session, after=1)
    assert (welcome["session"], welcome["last_seq"]) == (session, 3)
    missed = await back.next_of("messages")
    assert [item["seq"] for item in missed["items"]] == [2, 3]
    await back.socket.close()


async def test_an_unknown_session_starts_a_new_one_from_the_beginning(
    chat_client: MakeClient,
) -> None:
    client = chat_client()
    welcome = await client.hello(session="inconnue", after=12)
    assert welcome["session"] != "inconnue"
    assert welcome["last_seq"] == 0
    await client.socket.close()


async def test_a_long_history_comes_in_pages_in_order(
    chat_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "PAGE_SIZE", 2)
    client = chat_client()
    session, _ = await first_exchange(client)
    await bot_answers("2", "3", "4", "5")
    await client.socket.close()
    back = chat_client()
    await back.hello(session=session)
    seen: list[int] = []
    while len(seen) < 5:
        page = await back.next_of("messages")
        assert len(page["items"]) <= 2
        seen += [item["seq"] for item in page["items"]]
    assert seen == [1, 2, 3, 4, 5]
    await back.socket.close()


async def test_an_ack_marks_as_delivered_what_was_sent(chat_client: MakeClient) -> None:
    client = chat_client()
    await first_exchange(client)
    await bot_answers("Un", "Deux")
    last = 0
    while last < 3:
        last = (await client.next_of("messages"))["last_seq"]
    await client.say(type="ack", seq=2)
    await client.say(type="send", id=str(uuid4()), text="merci")  # answered after the ack
    await client.next_of("accepted")
    states = {
        delivery.message.seq: delivery.state
        async for delivery in Delivery.objects.select_related("message")
    }
    assert states == {2: "delivered", 3: "queued"}
    await client.socket.close()


async def test_an_ack_brings_what_a_lost_announcement_hid(
    chat_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = chat_client()
    await first_exchange(client)
    conversation = await Conversation.objects.aget()
    # Written without any announcement, as when the channel layer dropped it.
    await Message.objects.acreate(
        conversation=conversation,
        seq=2,
        author=Author.BOT,
        channel="web",
        external_id="turn:x:0",
        text="Vous m’entendez ?",
    )
    assert await client.socket.is_silent(during_s=0.2)
    await client.say(type="ack", seq=1)
    assert [item["seq"] for item in (await client.next_of("messages"))["items"]] == [2]
    await client.socket.close()


async def test_typing_is_shown_until_the_answer(chat_client: MakeClient) -> None:
    client = chat_client()
    await first_exchange(client)
    conversation = await Conversation.objects.aget()
    await sync_to_async(announce_typing)(conversation_id=conversation.id, on=True)
    assert (await client.next())["on"] is True
    await bot_answers("Voilà")
    assert await client.next() == {"type": "typing", "on": False}
    assert (await client.next())["type"] == "messages"
    await client.socket.close()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   ", "text_empty"),
        ("a" * 2001, "text_too_long"),
        ("nul\x00octet", "text_invalid"),
    ],
)
async def test_a_text_that_cannot_be_stored_is_refused_with_its_id(
    chat_client: MakeClient, text: str, code: str
) -> None:
    client = chat_client()
    await client.hello()
    message_id = str(uuid4())
    await client.say(type="send", id=message_id, text=text)
    refusal = await client.next()
    assert (refusal["type"], refusal["code"], refusal["id"]) == ("error", code, message_id)
    assert await Message.objects.acount() == 0
    await client.socket.close()


async def test_speaking_before_hello_is_refused(chat_client: MakeClient) -> None:
    client = chat_client()
    await client.socket.connect()
    await client.say(type="send", id=str(uuid4()), text=TEXT)
    assert (await client.next())["code"] == "hello_required"
    assert await Message.objects.acount() == 0
    await client.socket.close()


@pytest.mark.parametrize(
    ("frame", "error", "close_code"),
    [
        ('{"type": "shout"}', "invalid_frame", 4400),
        ("pas du json", "invalid_frame", 4400),
        (json.dumps({"type": "ack", "seq": 1, "x": "a" * 20_000}), "frame_too_large", 1009),
        ('{"type": "hello", "version": 2}', "version_unsupported", 4426),
    ],
)
async def test_what_is_not_the_protocol_ends_the_connection(
    chat_client: MakeClient, frame: str, error: str, close_code: int
) -> None:
    client = chat_client()
    await client.socket.connect()
    await client.socket.send(frame)
    assert (await client.next())["code"] == error
    assert await client.socket.closed_with() == close_code


async def test_binary_frames_end_the_connection(chat_client: MakeClient) -> None:
    client = chat_client()
    await client.socket.connect()
    await client.socket.send(data=b"\x00\x01")
    assert await client.socket.closed_with() == 4400


async def test_a_flood_is_slowed_then_cut(
    chat_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing comes back with time: a slow machine must see the same.
    monkeypatch.setattr(consumer_module, "SENDS_BURST", 2)
    monkeypatch.setattr(consumer_module, "SENDS_PER_S", 0)
    monkeypatch.setattr(consumer_module, "FRAMES_BURST", 6)
    monkeypatch.setattr(consumer_module, "FRAMES_PER_S", 0)
    client = chat_client()
    await client.hello()
    codes: list[Any] = []
    for _ in range(6):
        await client.say(type="send", id=str(uuid4()), text="x")
    while len(codes) < 4:
        codes.append((await client.next_of("error"))["code"])
    assert codes == ["rate_limited"] * 4
    assert await client.socket.closed_with() == 4429
    assert await Message.objects.acount() == 2


async def test_a_silent_connection_is_closed(
    chat_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "HELLO_TIMEOUT_S", 0.05)
    client = chat_client()
    await client.socket.connect()
    assert await client.socket.closed_with() == 4408


async def test_a_position_a_choice_and_a_language_arrive(chat_client: MakeClient) -> None:
    client = chat_client()
    await client.hello(locale="en")
    await client.say(
        type="send",
        id=str(uuid4()),
        text="",
        location={"latitude": 43.2965, "longitude": 5.3698},
    )
    (item,) = (await client.next_of("messages"))["items"]
    assert (item["text"], item["location"]) == ("", {"latitude": 43.2965, "longitude": 5.3698})
    await client.say(type="send", id=str(uuid4()), text="Yes, that is it", choice="yes")
    await client.next_of("accepted")
    chosen = await Message.objects.aget(seq=2)
    assert (chosen.text, chosen.choice) == ("Yes, that is it", "yes")
    assert (await Conversation.objects.aget()).locale == "en"
    await client.say(type="send", id=str(uuid4()), text=" ")
    assert (await client.next_of("error"))["message"] == "This message is empty."
    await client.socket.close()


async def test_a_ping_is_answered(chat_client: MakeClient) -> None:
    client = chat_client()
    await client.hello()
    await client.say(type="ping")
    assert await client.next() == {"type": "pong"}
    await client.socket.close()


async def test_ids_are_uuids_of_the_client(chat_client: MakeClient) -> None:
    client = chat_client()
    _, message_id = await first_exchange(client)
    stored = await Message.objects.aget()
    assert stored.client_id == message_id
    assert UUID(stored.external_id.split(":")[0])  # prefixed by the contact point
    await client.socket.close()
