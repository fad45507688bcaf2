"""Pictures sent beside the WebSocket, by whoever said hello and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agent_console.citizens.services import web_token_new
from agent_console.conversations.models import Attachment, Message, Turn
from agent_console.photos.models import Photo
from agent_console.photos.tests.pictures import encoded, scene
from channels_config.web.tests.conftest import ChatClient
from channels_config.web.uploads import BYTES_MAX, upload_of

ORIGIN = "http://testserver"
PICTURE = encoded(scene(1))


def post(ticket: str, *, content: bytes | None = None, origin: str | None = ORIGIN) -> Any:
    form: dict[str, Any] = {"ticket": ticket}
    if content is not None:
        form["photo"] = SimpleUploadedFile("photo.jpg", content, "image/jpeg")
    headers = {"Origin": origin} if origin else {}
    return Client().post("/channels/web/photos", form, headers=headers)


@pytest.mark.django_db(transaction=True)
async def test_a_photo_is_kept_sent_and_shown_to_its_sender(
    chat_client: Callable[..., ChatClient],
) -> None:
    client, other = chat_client(), chat_client()
    ticket = (await client.hello())["upload"]["ticket"]
    await other.hello()
    kept = await sync_to_async(post)(ticket, content=PICTURE)
    assert (kept.status_code, kept.headers["Access-Control-Allow-Origin"]) == (201, ORIGIN)
    reference = kept.json()["photo"]
    for refused in (reference, "inventé"):
        await other.say(type="send", id=str(uuid4()), photos=[refused])
        assert (await other.next_of("error"))["code"] == "photo_unknown"
    assert await Message.objects.acount() == 0

    message_id = str(uuid4())
    for time in (1, 2):  # an acceptance that was lost
        await client.say(type="send", id=message_id, text="", photos=[reference])
        await client.next_of("accepted")
        if time == 1:
            (item,) = (await client.next_of("messages"))["items"]
    attachment = await Attachment.objects.aget()
    photo = await Photo.objects.aget()
    assert (attachment.photo_id, attachment.state) == (photo.pk, "stored")
    assert await Turn.objects.acount() == 1
    shown = await sync_to_async(Client().get)(item["photos"][0]["url"])
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.headers["Access-Control-Allow-Origin"] == "*"
    for each in (client, other):
        await each.socket.close()


@pytest.mark.django_db
def test_whatever_is_not_a_photo_of_a_visitor_is_refused() -> None:
    ticket = upload_of(web_token_new()).ticket
    cases = [
        (post(ticket, content=PICTURE, origin=None), 403, "origin_refused"),
        (post(ticket, content=PICTURE, origin="https://evil.example"), 403, "origin_refused"),
        (post("inventé", content=PICTURE), 403, "ticket_invalid"),
        (post(ticket), 422, "photo_missing"),
        (post(ticket, content=b"%PDF-1.7"), 422, "photo_type_refused"),
        (post(ticket, content=b"a" * (BYTES_MAX + 1)), 413, "photo_too_large"),
    ]
    for response, status, code in cases:
        said = response.json()
        assert (response.status_code, said["code"]) == (status, code)
    assert Photo.objects.count() == 0


@pytest.mark.django_db
def test_a_flood_of_photos_is_refused() -> None:
    ticket = upload_of(web_token_new()).ticket
    statuses = [post(ticket, content=b"x").status_code for _ in range(8)]
    assert statuses == [422] * 6 + [429] * 2
