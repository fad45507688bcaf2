"""The knowledge base in Chromium: rules, narrow windows, and an answer quoted by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.models import Conversation
from agent_console.intake import access
from agent_console.knowledge.models import Article
from agent_console.knowledge.permissions import READ
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .conftest import BASE, WORDS
from .test_pages import fields

Write = Callable[..., Article]


@pytest.fixture
def pages(writes: Client, reads: Client, write: Write) -> dict[str, RenderedPage]:
    """Every page, with something on it, refused, and empty."""
    empty = writes.get(BASE)
    article = write(title_en="Lost card", answer_en="An adviser links another one.")
    address = article.get_absolute_url()
    answers = {path: writes.get(path) for path in (BASE, address, f"{address}modifier/")}
    answers |= {
        "/empty": empty,
        "/read": reads.get(address),
        "/refused": writes.post(f"{BASE}nouveau/", fields(title_fr="")),
        "/unreviewed": writes.post(f"{address}relu/", {"review_on": "", "seen": 2}),
    }
    return {
        path: RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
        for path, answer in answers.items()
    }


@pytest.mark.django_db
def test_pages_break_no_rule_and_fit_a_phone(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
                widths[path] = page.evaluate("document.documentElement.scrollWidth")
            context.close()
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)


@pytest.fixture
def desk(
    live_server: Any, conversation: Conversation, make_user: Callable[..., User], write: Write
) -> Iterator[BrowserContext]:
    """An agent who holds the conversation, in a browser."""
    write()
    agent = make_user("camille", access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS, READ)
    conversation_take(conversation_id=conversation.pk, actor=agent)
    client = Client()
    client.force_login(agent)
    cookie = client.cookies["sessionid"].value
    with headless() as browser:
        opened = browser.new_context(base_url=live_server.url, locale="fr-FR")
        opened.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        yield opened


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_an_answer_is_found_and_quoted_by_keyboard_alone(
    desk: BrowserContext, conversation: Conversation
) -> None:
    page = desk.new_page()
    page.goto(f"/console/conversations/{conversation.pk}/")
    reply = page.get_by_label("Votre réponse")
    reply.focus()
    page.keyboard.type("Bonjour.")
    page.keyboard.press("Alt+KeyK")
    search = page.get_by_label("Chercher une réponse")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_be_focused()
    page.keyboard.press("Alt+KeyK")
    page.keyboard.type("perdu carte")
    expect(page.get_by_test_id("found")).to_contain_text(WORDS["answer_fr"])
    assert violations(page) == []
    quote = page.get_by_role("button", name="Citer")
    for _ in range(6):
        if quote.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    with page.expect_response("**/draft/") as kept:
        page.keyboard.press("Enter")
    assert kept.value.ok
    expect(reply).to_be_focused()
    text = reply.input_value()
    assert text.startswith(f"Bonjour.\n\n{WORDS['answer_fr']}\nSource")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.close()
    desk.close()
