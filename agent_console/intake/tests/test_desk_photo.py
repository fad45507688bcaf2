"""A photo sent by an agent: checked, kept with the draft, sent once, or refused in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Route, expect

from agent_console.conversations.desk.models import Draft
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.models import Attachment, Author, Conversation, Message
from agent_console.intake import access
from agent_console.photos.models import Photo
from agent_console.photos.services import photos_purge
from agent_console.photos.tests.pictures import encoded, scene
from channels_config.web.render import message_out
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("photo_files")]
HTMX = {"HX-Request": "true"}
AGENT = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS)


@pytest.fixture
def camille(make_user: Callable[..., User], conversation: Conversation) -> Client:
    """An agent who answers there."""
    user, client = make_user("camille", *AGENT), Client()
    client.force_login(user)
    conversation_take(conversation_id=conversation.pk, actor=user)
    return client


def at(conversation: Conversation, step: str) -> str:
    return f"/console/conversations/{conversation.pk}/{step}"


def join(
    client: Client, conversation: Conversation, key: uuid.UUID, content: bytes | None = None
) -> str:
    photo = SimpleUploadedFile("photo.jpg", encoded(scene(1)) if content is None else content)
    data = {"key": key, "text": "Voici le plan.", "photo": photo}
    return client.post(at(conversation, "photo/"), data, headers=HTMX).text


def send(client: Client, conversation: Conversation, key: uuid.UUID) -> str:
    conversation.refresh_from_db()
    data = {"key": key, "seen": conversation.last_seq, "text": "Voici le plan."}
    return client.post(at(conversation, "reply/"), data, headers=HTMX).text


def test_a_photo_goes_once_with_its_reply_and_stays(
    camille: Client, conversation: Conversation
) -> None:
    key = uuid.uuid4()
    part = join(camille, conversation, key)
    assert "Photo jointe à votre réponse" in part
    assert "Voici le plan.</textarea>" in part
    assert "Photo jointe" in camille.get(at(conversation, "")).text  # after a reload
    for _ in range(2):
        send(camille, conversation, key)
    message = Message.objects.get(author=Author.AGENT)
    attachment = Attachment.objects.get()
    assert attachment.message == message
    (shown,) = message_out(message).photos
    assert camille.get(shown.url).status_code == 200
    assert photos_purge(now=timezone.now() + timedelta(days=2), limit=9) == 0
    assert Photo.objects.get().uploader == "staff"
    assert "Photo jointe" not in camille.get(at(conversation, "")).text
    assert not Draft.objects.exists()


def test_what_is_no_photo_is_refused_in_words_and_the_text_stays(
    camille: Client, conversation: Conversation
) -> None:
    part = join(camille, conversation, uuid.uuid4(), b"%PDF-1.7 ...")
    assert "JPEG, PNG ou WebP" in part
    assert "Voici le plan.</textarea>" in part
    assert "Ce fichier est vide" in join(camille, conversation, uuid.uuid4(), b"")
    assert not Photo.objects.exists()
    assert camille.post(at(conversation, "photo/"), {"text": "a"}).status_code == 400


def test_by_sms_no_photo_is_taken(camille: Client, conversation: Conversation) -> None:
    Conversation.objects.update(channel="sms")
    assert "Ce canal ne porte pas de photo." in camille.get(at(conversation, "")).text
    part = join(camille, conversation, uuid.uuid4())
    assert "décrivez-la avec des mots" in part
    assert not Photo.objects.exists()


def test_a_photo_may_be_taken_out_again_and_one_that_is_gone_is_said(
    camille: Client, conversation: Conversation
) -> None:
    key = uuid.uuid4()
    join(camille, conversation, key)
    removed = camille.post(
        at(conversation, "photo/remove/"), {"key": key, "text": ""}, headers=HTMX
    ).text
    assert "Photo jointe" not in removed
    assert not Draft.objects.exists()
    join(camille, conversation, key)
    photos_purge(now=timezone.now() + timedelta(days=2), limit=9)
    refused = send(camille, conversation, key)
    assert "La photo jointe n’existe plus." in refused
    assert "Voici le plan.</textarea>" in refused
    assert not Message.objects.filter(author=Author.AGENT).exists()
    camille.post(at(conversation, "photo/remove/"), {"key": key, "text": "Voici le plan."})
    send(camille, conversation, key)
    assert Message.objects.filter(author=Author.AGENT).count() == 1


def test_without_the_right_no_photo_is_joined(
    make_user: Callable[..., User], conversation: Conversation
) -> None:
    reader = Client()
    reader.force_login(make_user("lecteur", access.VIEW_CONVERSATIONS))
    for step in ("photo/", "photo/remove/"):
        assert reader.post(at(conversation, step), {"key": uuid.uuid4()}).status_code == 403


def test_in_the_browser_a_large_photo_is_made_small_and_joined(
    camille: Client, conversation: Conversation, tmp_path: Path
) -> None:
    found = camille.get(at(conversation, ""))
    policy = found.headers["Content-Security-Policy"]
    pages = {at(conversation, ""): RenderedPage(found.text, policy)}
    joined = join(camille, conversation, uuid.uuid4())
    large = tmp_path / "grande.png"
    large.write_bytes(encoded(scene(2, (3000, 2000)), "PNG"))
    assert large.stat().st_size > 1_000_000
    sizes: list[int] = []

    def answer(route: Route) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        route.fulfill(body=joined, content_type="text/html")

    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 900})
        serve(context, pages)
        context.route(lambda url: url.endswith("/photo/"), answer)
        page = context.new_page()
        page.goto(f"{ORIGIN}{at(conversation, '')}")
        assert violations(page) == []
        page.get_by_label("Photo à joindre (facultatif)").set_input_files(large)
        expect(page.get_by_test_id("joined-photo")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert len(sizes) == 1
    assert 1_000 < sizes[0] < 1_000_000
