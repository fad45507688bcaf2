"""Every screen in Chromium: accessibility rules, narrow windows, keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from agent_console.reports.models import Report
from agent_console.wallet import client as wallet_client
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

PARTS = (
    "/history/",
    "/decision/",
    "/wallet/",
    "/oncall/",
    "/alerts/",
    "/queue/",
    "/pannes/",
)  # of a page: htmx fetches them

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(
    console: Client, client: Client, report: Report, monkeypatch: pytest.MonkeyPatch
) -> dict[str, RenderedPage]:
    """The screens as an operator gets them, rendered before the browser starts."""

    def away(wallet_id: object) -> None:
        raise wallet_client.WalletUnavailable

    monkeypatch.setattr(wallet_client, "wallet_get", away)
    paths = [
        "/console/",
        f"/console/conversations/{report.conversation_id}/",
        f"/console/reports/{report.reference}/",
        f"/console/reports/{report.reference}/history/",
        f"/console/reports/{report.reference}/decision/",
        f"/console/residents/{report.resident_id}/wallet/",
        "/console/parts/oncall/",
        "/console/parts/alerts/",
        "/console/parts/queue/",
        "/console/parts/pannes/",
    ]
    rendered = {path: _rendered(console, path) for path in paths}
    rejected = console.post(f"/console/reports/{report.reference}/reject/", {"reason": ""})
    rendered["/rejected"] = RenderedPage(rejected.text, rejected.headers["Content-Security-Policy"])
    rendered["/console/login/"] = _rendered(Client(), "/console/login/")
    return rendered


def _rendered(client: Client, path: str) -> RenderedPage:
    response = client.get(path)
    assert response.status_code == 200
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


def _screens(page: Page, pages: dict[str, RenderedPage]) -> Iterator[str]:
    for path in pages:
        if not path.endswith(PARTS):
            page.goto(f"{ORIGIN}{path}")
            yield path


def test_no_screen_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            page = context.new_page()
            found = {
                path: violations(page, contrast_only=scheme == "dark")
                for path in _screens(page, pages)
            }
            assert found == {path: [] for path in found}
            assert len(found) == 5


def test_no_screen_scrolls_sideways_at_320_pixels(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        widths = {
            path: page.evaluate("document.documentElement.scrollWidth")
            for path in _screens(page, pages)
        }
        assert widths == dict.fromkeys(widths, 320)


def test_the_first_tab_leads_to_the_content(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/console/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Aller au contenu")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_the_screens_run_under_their_own_policy(pages: dict[str, RenderedPage]) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.route_web_socket("**/ws/console/", lambda socket: None)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda line: complaints.append(line.text) if line.type == "error" else None,
        )
        page = context.new_page()
        for _ in _screens(page, {path: pages[path] for path in pages if "reports" in path}):
            # The panel is fetched by htmx, so scripts, styles and requests all ran.
            expect(page.get_by_text("Le portefeuille s’ouvre")).to_be_visible()
            expect(page.get_by_text("En direct")).to_be_visible()
    assert complaints == []
