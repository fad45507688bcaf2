"""The console's WebSocket: who may listen, and what is said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.config.asgi import application
from agent_console.conversations import announce
from agent_console.conversations.announce import announce_console
from agent_console.conversations.desk.changes import changes_mark
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message
from agent_console.intake import access, consumers, hub, topics
from agent_console.intake.rows import Row
from agent_console.staff.second_factor import factor_remove
from service_kit.testing import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)


def socket_of(
    client: Client, origin: str | None = "http://localhost", path: str = "/ws/console/"
) -> WebSocketClient:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"host", b"localhost"), (b"cookie", cookies.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return WebSocketClient(application, path, headers=headers)


@pytest.fixture
def signed_in(make_user: Callable[..., User]) -> Callable[..., Client]:
    def make(*permissions: str) -> Client:
        client = Client()
        client.force_login(make_user(f"agent-{uuid4()}", *permissions))
        return client

    return make


async def changed(socket: WebSocketClient, *names: str) -> dict[str, Any]:
    await sync_to_async(announce_console)(topics=list(names))
    frame: dict[str, Any] = json.loads(await socket.receive())
    return frame


async def test_a_stranger_is_refused() -> None:
    assert not await socket_of(Client()).connect()


async def test_an_account_without_permission_is_refused(
    signed_in: Callable[..., Client],
) -> None:
    client = await sync_to_async(signed_in)(access.VIEW_WALLETS)
    assert not await socket_of(client).connect()


async def test_a_session_of_before_the_second_factor_was_reset_is_refused(
    signed_in: Callable[..., Client],
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    await sync_to_async(factor_remove)(user=await User.objects.aget())
    assert not await socket_of(client).connect()


@pytest.mark.parametrize("origin", [None, "https://evil.example"])
async def test_a_page_of_another_site_is_refused(
    signed_in: Callable[..., Client], origin: str | None
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    assert not await socket_of(client, origin).connect()


async def test_changes_are_named_and_a_burst_is_one_frame(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MERGE_S", 0.2)
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client)
    assert await socket.connect()
    mine = [f"conversation:{uuid4()}" for _ in range(3)]
    for name in mine:
        await sync_to_async(announce_console)(topics=[name])
    frame = json.loads(await socket.receive())
    assert frame["type"] == "changed"
    assert set(mine) <= set(frame["topics"])
    await socket.close()


async def test_one_hears_of_what_one_may_see_only(signed_in: Callable[..., Client]) -> None:
    client = await sync_to_async(signed_in)(access.VIEW_REPORTS)
    socket = socket_of(client)
    assert await socket.connect()
    hidden, shown = f"conversation:{uuid4()}", f"report:{uuid4()}"
    frame = await changed(socket, hidden, shown)
    assert shown in frame["topics"]
    assert hidden not in frame["topics"]
    await socket.close()


async def test_a_client_that_talks_is_sent_away(signed_in: Callable[..., Client]) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client)
    assert await socket.connect()
    await socket.send("bonjour")
    assert await socket.closed_with() == 1003


def test_unknown_topics_are_dropped() -> None:
    heard = topics.visible(["reports", "wallets", "report:1", ""], frozenset(access.CONSOLE))
    assert heard == {"reports", "report:1"}


@pytest.fixture
def said() -> Callable[[str], Conversation]:
    """Somebody who writes for the first time."""

    def write(text: str) -> Conversation:
        contact = web_contact_open(token=web_token_new())
        message = receive_message(contact_point=contact, external_id=str(uuid4()), text=text)
        return message.conversation

    return write


async def rows_of(socket: WebSocketClient, conversation: Conversation) -> dict[str, Any]:
    """The first frame that shows the conversation."""
    while True:
        frame: dict[str, Any] = json.loads(await socket.receive())
        if str(conversation.pk) in {row["id"] for row in frame.get("rows") or ()}:
            return frame


async def test_a_list_gets_the_row_as_the_list_shows_it(
    signed_in: Callable[..., Client], said: Callable[[str], Conversation]
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path="/ws/console/?rows=1")
    assert await socket.connect()
    assert json.loads(await socket.receive())["topics"] == []

    conversation = await sync_to_async(said)("Un <trou> dans la chaussée")

    frame = await rows_of(socket, conversation)
    (row,) = [row for row in frame["rows"] if row["id"] == str(conversation.pk)]
    assert row["seq"] == 1
    assert "Un &lt;trou&gt; dans la chaussée" in row["html"]
    page = await sync_to_async(client.get)("/console/conversations/")
    assert row["html"] in page.text
    await socket.close()


async def test_without_a_word_the_row_comes_all_the_same(
    signed_in: Callable[..., Client],
    said: Callable[[str], Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "CATCH_UP_S", 0.1)
    monkeypatch.setattr(announce, "_send", lambda announcements: None)  # Valkey is away
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path="/ws/console/?rows=1")
    assert await socket.connect()
    conversation = await sync_to_async(said)("Bonjour")
    assert (await rows_of(socket, conversation))["topics"] == []
    await socket.close()


async def test_who_comes_back_gets_what_was_missed_from_any_process(
    signed_in: Callable[..., Client], said: Callable[[str], Conversation]
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path="/ws/console/?rows=1")
    assert await socket.connect()
    mark = json.loads(await socket.receive())["mark"]
    await socket.close()  # the last one: its hub forgets, as a process that was restarted
    missed = await sync_to_async(said)("Pendant ce temps")

    again = socket_of(client, path=f"/ws/console/?rows=1&after={mark}")
    assert await again.connect()
    frame = await rows_of(again, missed)
    third = socket_of(client, path=f"/ws/console/?rows=1&after={mark}")  # from what is kept
    assert await third.connect()
    assert await rows_of(third, missed)
    fourth = socket_of(client, path=f"/ws/console/?rows=1&after={frame['mark']}")
    assert await fourth.connect()
    held = {(row["id"], row["changed"]) for row in frame["rows"]}
    new = json.loads(await fourth.receive()).get("rows", [])
    assert {(row["id"], row["changed"]) for row in new} <= held
    for open_one in (again, third, fourth):
        await open_one.close()


async def test_too_much_to_list_is_said(
    signed_in: Callable[..., Client],
    said: Callable[[str], Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "MISSED_MAX", 1)
    mark = await sync_to_async(changes_mark)()
    for text in ("Un", "Deux"):
        await sync_to_async(said)(text)
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path=f"/ws/console/?rows=1&after={mark}")
    assert await socket.connect()
    frame = json.loads(await socket.receive())
    assert frame["rows"] is None
    # All equal while a transaction is open elsewhere.
    assert mark <= frame["mark"] <= await sync_to_async(changes_mark)()
    await socket.close()


async def test_a_row_that_cannot_be_shown_holds_up_none_that_follow(
    signed_in: Callable[..., Client],
    said: Callable[[str], Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path="/ws/console/?rows=1")
    assert await socket.connect()
    await socket.receive()

    def fails(rows: object) -> list[Row]:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(hub, "rendered", fails)
        await sync_to_async(said)("Illisible")
        while "rows" not in (frame := json.loads(await socket.receive())):
            pass
        assert frame["rows"] is None  # pages fetch the list instead
    following = await sync_to_async(said)("Bonjour")
    frame = await rows_of(socket, following)
    assert [row["id"] for row in frame["rows"]] == [str(following.pk)]
    await socket.close()


@pytest.mark.parametrize(
    ("permission", "address"),
    [(access.VIEW_REPORTS, "?rows=1&after=1"), (access.VIEW_CONVERSATIONS, "")],
)
async def test_rows_go_only_to_who_may_see_them_and_shows_them(
    signed_in: Callable[..., Client],
    said: Callable[[str], Conversation],
    permission: str,
    address: str,
) -> None:
    client = await sync_to_async(signed_in)(permission)
    socket = socket_of(client, path=f"/ws/console/{address}")
    assert await socket.connect()
    conversation = await sync_to_async(said)("Bonjour")
    frame = await changed(socket, "reports", "queue")
    assert "rows" not in frame
    assert str(conversation.pk) not in json.dumps(frame.get("rows", ""))
    await socket.close()


async def test_a_lost_beat_makes_pages_fetch_what_they_show(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "BEAT_S", 0.05)
    client = await sync_to_async(signed_in)(access.VIEW_REPORTS)
    socket = socket_of(client)
    assert await socket.connect()
    hub.hub_here()._beats_sent += 1  # one that never arrives
    assert json.loads(await socket.receive())["stale"] is True
    await socket.close()


async def test_a_session_that_ends_stops_hearing(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "CHECK_S", 0.05)
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client, path="/ws/console/?rows=1")
    assert await socket.connect()
    await sync_to_async(client.logout)()
    assert await socket.closed_with() == 4401


async def test_a_page_that_takes_nothing_is_sent_away(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(self: consumers.ConsoleConsumer) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(consumers.ConsoleConsumer, "_hand_on", stuck)
    monkeypatch.setattr(consumers, "_WAITING_MAX", 1)
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    socket = socket_of(client)
    assert await socket.connect()
    (listener,) = hub.hub_here()._listeners
    listener.hand("{}")
    listener.hand("{}")
    assert await socket.closed_with() == 4008
