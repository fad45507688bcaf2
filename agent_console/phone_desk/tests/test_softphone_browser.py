"""The telephone in the page, in Chromium: Twilio's SDK itself and a real WebRTC talk; only the
network is made up (``exchange.js``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, Route, expect

from agent_console.calls import ports
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .test_talk_pages import _Company

pytestmark = pytest.mark.django_db
PATH = "/console/calls/softphone/"
_EXCHANGE = Path(__file__).with_name("exchange.js")
_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
SID = "CA" + "3" * 32


@pytest.fixture
def page(
    client: Client, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """The page as it is served, with its own policy; the provider's sounds and statistics are
    nowhere."""
    monkeypatch.setattr(ports, "_registered", [_Company()])
    client.force_login(make_user("camille", "calls.take_calls"))
    answer = client.get(PATH)
    rendered = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])
    token: Any = client.post(f"{PATH}token/").json()
    with headless(*_MICROPHONE) as browser:
        context = browser.new_context(locale="fr-FR")
        serve(context, {PATH: rendered})
        context.route(f"{ORIGIN}{PATH}token/", lambda route: route.fulfill(json=token))
        for host in ("eventgw.twilio.com", "sdk.twilio.com", "media.twiliocdn.com"):
            context.route(f"https://{host}/**", _nowhere)
        context.add_init_script(path=_EXCHANGE)
        opened = context.new_page()
        opened.goto(f"{ORIGIN}{PATH}")
        yield opened


def _nowhere(route: Route) -> None:
    route.fulfill(status=404, headers={"access-control-allow-origin": "*"})


def sent(page: Page, kind: str) -> int:
    """How often the page said something of that kind to the provider."""
    found: int = page.evaluate(
        "kind => exchange.sent.filter(one => one.type === kind).length", kind
    )
    return found


def test_a_call_rings_is_answered_muted_and_hung_up(page: Page) -> None:
    blocked: list[str] = []
    page.on(
        "console",
        lambda said: blocked.append(said.text) if "Content Security" in said.text else None,
    )
    state = page.locator("[data-state]")
    page.get_by_role("button", name="Activer le son et le microphone").click()
    expect(state).to_have_text("Prêt : gardez cette fenêtre ouverte.")
    token = page.evaluate("exchange.sent.find(one => one.type === 'listen').payload.token")
    assert token.startswith("token-of-")
    page.evaluate("sid => exchange.ring(sid)", SID)
    expect(state).to_have_text("Un appel pour vous.")
    answer = page.get_by_role("button", name="Répondre", exact=True)
    expect(answer).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(state).to_have_text("En ligne.")
    # Read from an attribute: the page's policy refuses the `eval` of `wait_for_function`.
    expect(page.locator("html")).to_have_attribute("data-far", "connected")
    mute = page.get_by_role("button", name="Couper mon micro")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Raccrocher").click()
    expect(state).to_have_text("Prêt : gardez cette fenêtre ouverte.")
    assert (sent(page, "answer"), sent(page, "hangup")) == (1, 1)
    assert blocked == []


def test_a_call_that_is_refused_or_given_up_leaves_the_telephone_ready(page: Page) -> None:
    state = page.locator("[data-state]")
    page.get_by_role("button", name="Activer le son et le microphone").click()
    expect(state).to_have_text("Prêt : gardez cette fenêtre ouverte.")
    page.evaluate("sid => exchange.ring(sid)", SID)
    page.get_by_role("button", name="Refuser").click()
    expect(state).to_have_text("Prêt : gardez cette fenêtre ouverte.")
    assert sent(page, "reject") == 1
    again = "CA" + "4" * 32
    page.evaluate("sid => exchange.ring(sid)", again)
    expect(state).to_have_text("Un appel pour vous.")
    page.evaluate("sid => exchange.cancel(sid)", again)
    expect(state).to_have_text("Prêt : gardez cette fenêtre ouverte.")
    expect(page.get_by_role("button", name="Répondre", exact=True)).to_be_hidden()
