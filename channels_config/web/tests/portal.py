"""The portal in a browser, with a chat behind it that tests can break."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from channels_config.web.tests.fake_chat import FakeChat
from service_kit.browser import ORIGIN, RenderedPage, serve


class Portal:
    """The portal in one browser profile; ``complaints`` are script errors and blocked resources."""

    def __init__(self, browser: Browser, chat: FakeChat, client: Client) -> None:
        response = client.get("/")
        self.chat = chat
        self.complaints: list[str] = []
        self._pages = {
            "/": RenderedPage(response.text, response.headers["Content-Security-Policy"])
        }
        self.context: BrowserContext = browser.new_context(viewport={"width": 390, "height": 844})
        self.context.set_default_timeout(10_000)

        serve(self.context, self._pages)
        self.context.route_web_socket("**/ws/chat/", chat.serve)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("console", self._on_console)

    def _on_console(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(line.text)

    def page(self) -> Page:
        page = self.context.new_page()
        page.goto(f"{ORIGIN}/")
        return page

    def opened(self) -> Page:
        page = self.page()
        page.get_by_role("button", name="Écrire à l’assistant").click()
        return page


def write(page: Page, text: str) -> None:
    page.get_by_test_id("chat-input").fill(text)
    page.keyboard.press("Enter")
