"""The widget in Chromium, on the portal under its own policy, against a server that misbehaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from channels_config.web.tests.fake_chat import FakeChat
from channels_config.web.tests.portal import Portal, write
from service_kit.browser import ORIGIN, headless, violations

YES_NO = [{"title": "Oui, c’est cela", "payload": "oui"}, {"title": "Non", "payload": "non"}]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with headless() as launched:
        yield launched


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def portal(browser: Browser, chat: FakeChat, client: Client) -> Iterator[Portal]:
    portal = Portal(browser, chat, client)
    yield portal
    portal.context.close()
    assert portal.complaints == []


def test_nothing_is_stored_or_sent_before_the_chat_is_opened(portal: Portal) -> None:
    page = portal.page()
    expect(page.get_by_role("button", name="Écrire à l’assistant")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    assert portal.chat.received == []


def test_opening_puts_the_focus_where_one_writes(portal: Portal) -> None:
    page = portal.opened()
    expect(page.get_by_test_id("chat-input")).to_be_focused()
    expect(page.get_by_test_id("chat-log")).to_have_attribute("role", "log")
    expect(page.get_by_text("Que se passe-t-il, et où")).to_be_visible()


def test_a_message_is_shown_at_once_then_as_sent(portal: Portal) -> None:
    portal.chat.swallow_sends = True
    page = portal.opened()
    write(page, "Bonjour")
    mine = page.get_by_test_id("message-citizen")
    expect(mine).to_contain_text("envoi…")
    expect(page.get_by_test_id("chat-input")).to_have_value("")
    expect(page.get_by_test_id("chat-input")).to_be_focused()
    portal.chat.swallow_sends = False
    portal.chat.cut()
    portal.chat.is_down = False
    expect(mine).to_contain_text("envoyé")
    expect(mine).to_have_count(1)


def test_shift_enter_makes_a_line_and_the_button_sends(portal: Portal) -> None:
    page = portal.opened()
    page.get_by_test_id("chat-input").press_sequentially("Un trou")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("rue Paradis")
    page.get_by_test_id("chat-send").click()
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    assert portal.chat.messages[0]["text"] == "Un trou\nrue Paradis"


def test_a_proposed_answer_is_sent_and_then_goes_away(portal: Portal) -> None:
    page = portal.opened()
    portal.chat.answer = lambda text: (
        {"text": "C’est bien cela ?", "buttons": YES_NO} if "trou" in text else None
    )
    write(page, "Un trou rue Paradis")
    page.get_by_role("button", name="Oui, c’est cela").click()
    expect(page.get_by_test_id("message-citizen").last).to_contain_text("Oui, c’est cela")
    assert [f.get("choice") for f in portal.chat.received if f["type"] == "send"] == [None, "oui"]
    expect(page.get_by_role("group", name="Réponses proposées")).to_have_count(0)
    expect(page.get_by_test_id("chat-input")).to_be_focused()


def test_what_is_written_without_network_leaves_later_once_and_in_order(portal: Portal) -> None:
    page = portal.opened()
    expect(page.locator("mdmp-chat")).to_have_attribute("data-status", "open")
    portal.chat.cut()
    expect(page.get_by_role("status")).to_contain_text("La connexion est coupée")
    for text in ("un", "deux", "trois"):
        write(page, text)
    expect(page.get_by_test_id("message-citizen")).to_have_count(3)
    portal.chat.is_down = False
    expect(page.get_by_text("envoyé")).to_have_count(3)
    expect(page.get_by_role("status")).to_be_empty()
    assert [message["text"] for message in portal.chat.messages] == ["un", "deux", "trois"]


def test_the_browser_saying_offline_is_told_in_words(portal: Portal) -> None:
    page = portal.opened()
    expect(page.locator("mdmp-chat")).to_have_attribute("data-status", "open")
    portal.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("Vous êtes hors ligne")


def test_an_acceptance_that_is_lost_does_not_double_the_message(portal: Portal) -> None:
    page = portal.opened()
    portal.chat.cut_before_accepting = True
    write(page, "Un lampadaire éteint")
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    expect(page.get_by_test_id("message-citizen")).to_have_count(1)
    assert len(portal.chat.messages) == 1


def test_a_reload_before_the_acceptance_sends_the_same_message_again(portal: Portal) -> None:
    page = portal.opened()
    portal.chat.swallow_sends = True
    write(page, "Un banc cassé")
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoi…")
    expect(page.locator("mdmp-chat")).to_have_attribute("data-status", "open")
    portal.chat.swallow_sends = False
    page.reload()
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    sends = [frame["id"] for frame in portal.chat.received if frame["type"] == "send"]
    assert len(set(sends)) == 1
    assert [message["text"] for message in portal.chat.messages] == ["Un banc cassé"]
    kept = page.evaluate("Object.keys(localStorage)")
    assert sorted(kept) == ["mdmp-chat.open", "mdmp-chat.read", "mdmp-chat.session"]


def test_a_reload_finds_the_conversation_again(portal: Portal) -> None:
    page = portal.opened()
    write(page, "Bonjour")
    expect(page.get_by_text("envoyé")).to_have_count(1)
    portal.chat.say("Bonjour ! Que se passe-t-il ?")
    expect(page.get_by_test_id("message-bot")).to_have_count(1)
    page.reload()
    expect(page.get_by_test_id("message-citizen")).to_have_count(1)
    expect(page.get_by_test_id("message-bot")).to_have_count(1)
    assert portal.chat.received[-2]["session"] == "jeton"


def test_a_refused_message_says_why_and_can_be_tried_again(portal: Portal) -> None:
    page = portal.opened()
    portal.chat.refuse_with = "text_invalid"
    write(page, "Bonjour")
    expect(page.get_by_test_id("message-citizen")).to_contain_text("Ce message est refusé.")
    portal.chat.refuse_with = None
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_test_id("message-citizen")).to_contain_text("envoyé")
    assert len({frame["id"] for frame in portal.chat.received if frame["type"] == "send"}) == 1


def test_two_tabs_show_one_conversation(portal: Portal) -> None:
    first = portal.opened()
    write(first, "Depuis le premier onglet")
    expect(first.get_by_text("envoyé")).to_have_count(1)
    second = portal.page()  # opens by itself: this browser has a conversation
    expect(second.get_by_test_id("message-citizen")).to_have_count(1)
    write(second, "Depuis le second")
    expect(first.get_by_test_id("message-citizen")).to_have_count(2)
    assert [message["seq"] for message in portal.chat.messages] == [1, 2]


def test_a_line_that_died_without_a_word_is_opened_again(portal: Portal) -> None:
    page = portal.context.new_page()
    page.clock.install()
    page.goto(f"{ORIGIN}/")
    page.get_by_role("button", name="Écrire à l’assistant").click()
    widget = page.locator("mdmp-chat")
    expect(widget).to_have_attribute("data-status", "open")
    portal.chat.answers_pings = False
    portal.chat.store("bot", "Pendant la panne", None, [])
    page.clock.fast_forward("00:26")  # asks whether anybody is there
    page.clock.fast_forward("00:12")  # nobody said so
    portal.chat.answers_pings = True
    page.clock.fast_forward("00:01")
    expect(page.get_by_text("Pendant la panne")).to_be_visible()

    asleep = "Object.defineProperty(document, 'visibilityState', {value: '%s', configurable: true})"
    tell = "; document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(asleep % "hidden" + tell)
    page.clock.fast_forward("08:00:00")
    portal.chat.store("bot", "Pendant la nuit", None, [])
    page.evaluate(asleep % "visible" + tell)
    expect(page.get_by_text("Pendant la nuit")).to_be_visible()


def test_typing_is_shown_and_ends_with_the_answer(portal: Portal) -> None:
    page = portal.opened()
    expect(page.locator("mdmp-chat")).to_have_attribute("data-status", "open")
    portal.chat.typing(True)
    expect(page.get_by_text("L’assistant écrit…")).to_be_visible()
    portal.chat.say("Voilà")
    expect(page.get_by_text("L’assistant écrit…")).to_be_hidden()


def test_markup_in_a_message_stays_text(portal: Portal) -> None:
    page = portal.opened()
    expect(page.locator("mdmp-chat")).to_have_attribute("data-status", "open")
    portal.chat.say("<img src=x onerror=alert(1)> <b>gras</b>")
    expect(page.get_by_test_id("message-bot")).to_contain_text("<b>gras</b>")
    assert page.get_by_test_id("message-bot").locator("img, b").count() == 0


def test_a_history_of_three_thousand_messages_is_shown_in_order(portal: Portal) -> None:
    for number in range(3000):
        portal.chat.store("bot", f"Message {number}", None, [])
    page = portal.opened()
    expect(page.get_by_test_id("message-bot")).to_have_count(3000)
    expect(page.get_by_text("Message 2999", exact=True)).to_be_in_viewport()
    expect(page.get_by_test_id("chat-log")).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violation_before_and_after_opening(portal: Portal, scheme: str) -> None:
    page = portal.page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert violations(page, contrast_only=scheme == "dark") == []
    page.get_by_role("button", name="Écrire à l’assistant").click()
    portal.chat.answer = lambda text: {"text": "C’est bien cela ?", "buttons": YES_NO}
    write(page, "Un trou rue Paradis")
    expect(page.get_by_role("button", name="Oui, c’est cela")).to_be_visible()
    assert violations(page, contrast_only=scheme == "dark") == []


def test_nothing_scrolls_sideways_at_320_pixels_and_400_percent(portal: Portal) -> None:
    page = portal.opened()
    page.set_viewport_size({"width": 320, "height": 256})  # a 1280 × 1024 screen at 400 %
    write(page, "Un mot " + "très" * 60 + "long")
    expect(page.get_by_text("envoyé")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_test_id("chat-send").scroll_into_view_if_needed()
    expect(page.get_by_test_id("chat-send")).to_be_in_viewport()
