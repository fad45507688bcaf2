"""The desk's pages in Chromium: accessibility rules, narrow windows, its script."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Route, WebSocketRoute, expect

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.desk.models import ReplyTemplate, Team, WaitingReason
from agent_console.conversations.desk.selectors import DeskFilter, desk_list
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.desk.waiting import person_asked
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message
from agent_console.intake import access
from agent_console.intake.rows import rendered
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
PAGES = ("", "settings/", "settings/teams/new/", "refused", "person", "free")


@pytest.fixture
def pages(conversation: Conversation, make_user: Callable[..., User]) -> dict[str, RenderedPage]:
    """The pages as a supervisor gets them, rendered before the browser starts."""
    rights = (access.VIEW_CONVERSATIONS, access.ANSWER_CONVERSATIONS, access.MANAGE_DESK)
    user, console = make_user("nadia", *rights), Client()
    make_user("camille", *rights)
    console.force_login(user)
    Team.objects.create(name="Propreté").members.add(user)
    ReplyTemplate.objects.create(name="Suivi", text="Votre {reference}")
    address = f"/console/conversations/{conversation.pk}/"
    person_asked(conversation, reason=WaitingReason.ASKED)

    def rendered(path: str) -> RenderedPage:
        response = console.get(path)
        return RenderedPage(response.text, response.headers["Content-Security-Policy"])

    found = {"/console/conversations/free": rendered(address), address: rendered(address)}
    seen = conversation_take(conversation_id=conversation.pk, actor=user).last_seq
    receive_message(contact_point=conversation.contact_point, external_id="x:1", text="Ah non")
    note = {"key": uuid.uuid4(), "text": "Parler lentement"}
    console.post(f"{address}note/", note)
    sent = {"key": uuid.uuid4(), "seen": seen, "text": "Je regarde."}
    refused = console.post(f"{address}reply/", sent)
    found["/console/conversations/refused"] = RenderedPage(
        refused.text, refused.headers["Content-Security-Policy"]
    )
    found["/console/conversations/person"] = rendered(f"{address}person/")
    for path in PAGES[:3]:
        found[f"/console/conversations/{path}"] = rendered(f"/console/conversations/{path}")
    receive_message(contact_point=conversation.contact_point, external_id="x:2", text="Bonjour")
    found[reverse("console:desk-list-part")] = rendered(reverse("console:desk-list-part"))
    return found


def test_the_desk_breaks_no_rule_fits_a_phone_and_keeps_what_did_not_leave(
    pages: dict[str, RenderedPage],
) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 800})
        serve(context, pages)
        page = context.new_page()
        for path in PAGES:
            page.goto(f"{ORIGIN}/console/conversations/{path}")
            assert (path, violations(page)) == (path, [])
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.emulate_media(color_scheme="dark")
        page.goto(f"{ORIGIN}/console/conversations/refused")
        assert violations(page) == []
        said = _answered_by_hand(context)
        reply = page.get_by_label("Votre réponse")
        expect(reply).to_have_value("Je regarde.")
        expect(page.get_by_test_id("missed")).to_contain_text("Ah non")
        reply.press("End")
        reply.press_sequentially("..")
        expect(page.locator("#apercu")).to_have_text("Brouillon gardé, 13 signes")
        reply.press("Control+Enter")
        expect(page.locator("[data-network]")).to_be_visible()
        expect(reply).to_have_value("Je regarde...")
        assert any("typing=1" in body for path, body in said if path.endswith("/presence/"))
        sent = [body for path, body in said if path.endswith("/reply/")]
        assert len(sent) == 1
        assert "text=Je%20regarde..." in sent[0]


def test_a_list_that_changes_keeps_the_focus_and_the_click(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/console/conversations/")
        row = page.get_by_test_id("desk-row")
        asked = row.get_attribute("data-conversation")
        row.get_by_role("link").hover()
        page.mouse.down()
        page.evaluate("htmx.trigger('[data-topics~=conversations]', 'mdmp:refresh')")
        expect(row).to_contain_text("Bonjour")
        expect(row.get_by_role("link")).to_be_focused()
        page.mouse.up()
        page.wait_for_url(f"**/console/conversations/{asked}/")


def test_a_reply_leaves_whatever_the_page_is_fetching(pages: dict[str, RenderedPage]) -> None:
    refreshed = "htmx.trigger('#poste', 'mdmp:refresh')"
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        said = _answered_by_hand(context)
        fetching: list[Route] = []
        context.route("**/desk/?fence=*", lambda route: fetching.append(route))
        page = context.new_page()
        page.goto(f"{ORIGIN}/console/conversations/refused")
        with page.expect_request("**/desk/?fence=*"):
            page.evaluate(refreshed)
        page.get_by_test_id("send").click()
        page.evaluate(refreshed)
        for route in fetching:
            route.fulfill(status=204)
        expect(page.locator("[data-network]")).to_be_visible()
        assert len([path for path, _ in said if path.endswith("/reply/")]) == 1


@pytest.fixture
def row_frames(pages: dict[str, RenderedPage], conversation: Conversation) -> dict[str, str]:
    """What the socket says once the page is there: of the row that it shows, and of a new one."""
    contact = web_contact_open(token=web_token_new())
    receive_message(contact_point=contact, external_id="y:1", text="Un lampadaire éteint")
    rows = rendered(desk_list(wanted=DeskFilter(), limit=2))
    names = ["known" if row.id == conversation.pk else "new" for row in rows]
    return {
        name: json.dumps(
            # A test is one transaction: every state of a row would carry its number.
            {"type": "changed", "topics": [], "mark": 9, "rows": [row.frame() | {"changed": 1}]}
        )
        for name, row in zip(names, rows, strict=True)
    }


def test_rows_that_the_socket_brings_take_their_place_in_the_list(
    pages: dict[str, RenderedPage], row_frames: dict[str, str]
) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        sockets: list[WebSocketRoute] = []
        context.route_web_socket("**/ws/console/**", lambda socket: sockets.append(socket))
        page = context.new_page()
        page.goto(f"{ORIGIN}/console/conversations/")
        rows, news = page.get_by_test_id("desk-row"), page.locator("[data-live-news]")
        expect(page.locator("[data-live-status]")).to_have_text("En direct")
        mark = page.locator("[data-mark]").get_attribute("data-mark")
        assert sockets[0].url.endswith(f"/ws/console/?rows=1&after={mark}")
        link = rows.get_by_role("link")
        link.focus()

        sockets[0].send(row_frames["known"])
        expect(rows).to_contain_text("Bonjour")
        expect(link).to_be_focused()
        sockets[0].send(row_frames["new"])
        expect(rows.first).to_contain_text("Un lampadaire éteint")
        expect(news).to_have_text("Nouvelle activité dans les conversations.")
        expect(rows.last.get_by_role("link")).to_be_focused()
        sockets[0].send(row_frames["known"])  # said twice
        sockets[0].send(json.dumps({"type": "changed", "topics": [], "mark": 9, "rows": []}))
        expect(rows).to_have_count(2)
        assert violations(page) == []

        sockets[0].send(json.dumps({"type": "changed", "topics": [], "mark": 9, "rows": None}))
        expect(rows).to_have_count(1)  # fetched: the page that is served knows of one only


def _answered_by_hand(context: BrowserContext) -> list[tuple[str, str]]:
    """Drafts are kept, replies meet a dead network; what was posted."""
    said: list[tuple[str, str]] = []

    def answer(route: Route) -> None:
        body = route.request.post_data or ""
        said.append((route.request.url, body))
        if route.request.url.endswith("/reply/"):
            route.abort("internetdisconnected")
        else:
            route.fulfill(body="<p>Brouillon gardé, 13 signes</p>", content_type="text/html")

    context.route(lambda url: url.endswith(("/reply/", "/draft/", "/presence/")), answer)
    return said
