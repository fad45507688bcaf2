"""The console's WebSocket: who may listen, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from agent_console.config.asgi import application
from agent_console.conversations.announce import announce_console
from agent_console.intake import access, consumers, topics
from service_kit.testing import WebSocketClient

pytestmark = pytest.mark.django_db(transaction=True)


def socket_of(client: Client, origin: str | None = "http://localhost") -> WebSocketClient:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"host", b"localhost"), (b"cookie", cookies.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return WebSocketClient(application, "/ws/console/", headers=headers)


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


@pytest.mark.parametrize("origin", [None, "https://evil.example"])
async def test_a_page_of_another_site_is_refused(
    signed_in: Callable[..., Client], origin: str | None
) -> None:
    client = await sync_to_async(signed_in)(*access.CONSOLE)
    assert not await socket_of(client, origin).connect()


async def test_changes_are_named_and_a_burst_is_one_frame(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "MERGE_S", 0.2)
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
