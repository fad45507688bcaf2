"""Webhooks that pass the pages' machinery by: which, how much of them is read, what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from agent_console.config.asgi import application
from channels_config.kit.at_once import AtOnce, Event, Receive, Send

PATH = "/channels/sms/twilio"


async def _pages(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await send({"type": "passed on", "path": scope["path"]})


@require_POST
async def _view(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(f"{len(request.body)} {request.POST.get('Body')}", status=201)
    answer["Retry-After"] = "2"
    return answer


async def _ask(
    asked: Any, events: Iterable[Event], *, path: str = PATH, method: str = "POST"
) -> list[dict[str, Any]]:
    coming, sent = iter(events), []

    async def receive() -> Event:
        return next(coming)

    async def send(event: Event) -> None:
        sent.append(dict(event))

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": [(b"host", b"localhost"), kind],
        "server": ("localhost", 8000), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await asked(scope, receive, send)
    return sent


def _part(body: bytes, *, more: bool = False) -> Event:
    return {"type": "http.request", "body": body, "more_body": more}


DOOR = AtOnce(_pages, {PATH: _view}, most=20)


async def test_a_body_in_parts_is_one_request() -> None:
    start, body = await _ask(DOOR, [_part(b"Body=un", more=True), _part(b"+trou")])
    assert start["status"] == 201
    assert (b"Retry-After", b"2") in start["headers"]
    assert (b"content-length", b"10") in start["headers"]
    assert body["body"] == b"12 un trou"


async def test_no_more_is_read_than_the_view_needs_to_refuse() -> None:
    endless = (_part(b"x" * 15, more=True) for _ in iter(int, 1))
    _, body = await _ask(DOOR, endless)
    assert body["body"].startswith(b"21 ")


async def test_a_provider_that_hangs_up_is_answered_nothing() -> None:
    assert await _ask(DOOR, [_part(b"x", more=True), {"type": "http.disconnect"}]) == []


async def test_other_addresses_and_methods_are_as_before() -> None:
    assert await _ask(DOOR, [], path=f"{PATH}/status") == [
        {"type": "passed on", "path": f"{PATH}/status"}
    ]
    start, _ = await _ask(DOOR, [_part(b"")], method="GET")
    assert start["status"] == 405


async def test_the_consoles_own_door_is_there() -> None:
    start, body = await _ask(application, [_part(b"Body=x")])
    assert start["status"] == 403
    assert b"channel_off" in body["body"]
