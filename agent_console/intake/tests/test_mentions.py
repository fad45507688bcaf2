"""A colleague named in a note is told, finds it listed, and is named without a mouse."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from agent_console.conversations.desk.mentions import mention_read, named_in
from agent_console.conversations.desk.models import DeskEntry, Mention
from agent_console.conversations.desk.replying import note_add
from agent_console.conversations.models import Conversation
from agent_console.intake import access
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
AGENT = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS)


@pytest.fixture
def camille(make_user: Callable[..., User]) -> User:
    return make_user("camille", *AGENT)


@pytest.fixture
def nadia(make_user: Callable[..., User]) -> User:
    user = make_user("nadia.durand", *AGENT)
    User.objects.filter(pk=user.pk).update(first_name="Nadia", last_name="Durand")
    return User.objects.get(pk=user.pk)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def note(client: Client, conversation: Conversation, text: str, key: uuid.UUID) -> str:
    address = f"/console/conversations/{conversation.pk}/note/"
    return client.post(address, {"key": key, "text": text}, follow=True).text


@pytest.mark.parametrize(
    ("text", "users", "unknown"),
    [
        ("@nadia.durand, tu peux regarder ?", ["nadia.durand"], []),
        ("Vu avec @Nadia.Durand. Et encore @nadia.durand", ["nadia.durand"], []),
        ("(@nadia.durand)", ["nadia.durand"], []),
        ("@nadja regarde", [], ["@nadja"]),
        ("écrit à nadia@nadia.durand", [], []),
        ("@camille, pour moi-même", [], []),
        ("@lecteur ne répond pas", [], ["@lecteur"]),
    ],
)
def test_who_is_named(
    camille: User,
    nadia: User,
    make_user: Callable[..., User],
    text: str,
    users: list[str],
    unknown: list[str],
) -> None:
    make_user("lecteur", access.VIEW_CONVERSATIONS)
    found = named_in(text, author=camille)
    assert ([one.username for one in found.users], found.unknown) == (users, unknown)


def test_a_mention_is_listed_until_it_is_read_and_a_note_sent_twice_names_once(
    camille: User, nadia: User, conversation: Conversation
) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        said = note(browser_of(camille), conversation, "@nadia.durand bac <cassé> @nadja", key)
    assert "Prévenu : Nadia Durand." in said
    assert "Aucun collègue n’a ce compte : @nadja." in said
    mention = Mention.objects.get()
    hers = browser_of(nadia)
    assert "1&nbsp;à lire" in hers.get("/console/").text
    assert "à lire</span>" not in browser_of(camille).get("/console/parts/mentions/").text
    page = hers.get("/console/mentions/").text
    assert page.count('data-testid="mention"') == 1
    assert "bac &lt;cassé&gt;" in page
    address = f"/console/mentions/{mention.pk}/read/"
    assert browser_of(camille).post(address).status_code == 404
    opened = hers.post(address, {"open": "1"})
    assert opened.headers["Location"] == f"/console/conversations/{conversation.pk}/"
    assert hers.post(address).headers["Location"] == "/console/mentions/"
    assert "à lire</span>" not in hers.get("/console/parts/mentions/").text
    page = hers.get("/console/mentions/").text
    assert "Rien à lire" in page
    assert "Déjà lues" in page


def test_reading_again_changes_nothing(
    camille: User, nadia: User, conversation: Conversation
) -> None:
    note_add(conversation_id=conversation.pk, actor=camille, key=uuid.uuid4(), text="@nadia.durand")
    pk = Mention.objects.get().pk
    first = mention_read(mention_id=pk, user=nadia)
    second = mention_read(mention_id=pk, user=nadia)
    assert first is not None
    assert second is not None
    assert first.read_at == second.read_at
    assert mention_read(mention_id=pk, user=camille) is None


def test_without_the_right_nobody_reads_a_note(make_user: Callable[..., User]) -> None:
    stranger = browser_of(make_user("autre", access.VIEW_REPORTS))
    for path in ("/console/mentions/", "/console/parts/mentions/"):
        assert stranger.get(path).status_code == 403
    assert stranger.post("/console/mentions/1/read/").status_code == 403


def test_a_colleague_is_named_by_keyboard_and_the_pages_break_no_rule(
    camille: User, nadia: User, make_user: Callable[..., User], conversation: Conversation
) -> None:
    nathan = make_user("nathan", *AGENT)
    User.objects.filter(pk=nathan.pk).update(first_name="Nathan")
    note(browser_of(nadia), conversation, "Bonjour @camille", uuid.uuid4())
    pages = {}
    for path in ("/console/mentions/", f"/console/conversations/{conversation.pk}/"):
        found = browser_of(camille).get(path)
        pages[path] = RenderedPage(found.text, found.headers["Content-Security-Policy"])
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 900})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert (path, violations(page)) == (path, [])
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.get_by_text("Note interne", exact=True).click()
        area = page.get_by_label("Pour vos collègues seulement")
        area.press_sequentially("Vu avec @na")
        options = page.get_by_role("listbox", name="Collègues").get_by_role("option")
        expect(options).to_have_count(2)
        expect(area).to_have_attribute("aria-activedescendant", f"collegue-{nadia.pk}")
        assert violations(page) == []
        area.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        area.press("ArrowUp")
        area.press("Enter")
        expect(area).to_have_value("Vu avec @nadia.durand ")
        expect(options).to_have_count(0)
        area.press_sequentially("et @DURA")  # by the name that colleagues know
        expect(options).to_have_count(1)
        area.press("Escape")
        expect(options).to_have_count(0)
        expect(area).to_be_focused()
        expect(area).to_have_value("Vu avec @nadia.durand et @DURA")
    assert DeskEntry.objects.count() == 1
