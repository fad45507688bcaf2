"""Writing down a report in Chromium: accessibility, narrow windows, live near reports, keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, Request, expect

from agent_console.intake import access
from agent_console.intake.tests.test_new_report import URL, said
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
PARTS = ("/similar/", "/questions/")


def _as_page(response: object) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])  # type: ignore[attr-defined]


@pytest.fixture
def pages(
    client: Client, make_user: Callable[..., User], report: Report
) -> dict[str, RenderedPage]:
    """The form empty, to be checked, refused; its parts; both receipts; a report with others."""
    client.force_login(
        make_user("standard", access.VIEW_REPORTS, access.ADD_REPORTS, access.REJECT_REPORTS)
    )
    rendered = {
        URL: _as_page(client.get(URL)),
        "/check": _as_page(client.post(URL, said(asked=""))),
        "/refused": _as_page(client.post(URL, said(commune="Paris", category_code=""))),
        f"{URL}similar/": _as_page(client.post(f"{URL}similar/", said())),
        f"{URL}questions/": _as_page(client.post(f"{URL}questions/", said())),
    }
    attached = client.post(URL, said(attach=report.reference), follow=True)
    made = client.post(URL, said(seen=report.reference), follow=True)
    return rendered | {
        "/attached": _as_page(attached),
        "/receipt": _as_page(made),
        "/report": _as_page(client.get(f"/console/reports/{report.reference}/")),
    }


def test_no_page_breaks_a_rule_or_scrolls_sideways(pages: dict[str, RenderedPage]) -> None:
    shown = [path for path in pages if not path.endswith(PARTS)]
    with headless() as browser:
        for scheme, width in (("light", 1280), ("dark", 320)):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": width, "height": 800},
            )
            serve(context, pages)
            page = context.new_page()
            found, widths = {}, {}
            for path in shown:
                page.goto(ORIGIN + path)
                found[path] = violations(page)
                widths[path] = page.evaluate("document.documentElement.scrollWidth")
            assert found == {path: [] for path in shown}
            assert widths == dict.fromkeys(shown, width)


def test_near_reports_come_while_typing_and_enter_saves(pages: dict[str, RenderedPage]) -> None:
    sent: list[Request] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.route_web_socket("**/ws/console/", lambda socket: None)
        page = context.new_page()
        page.on("request", lambda request: sent.append(request) if _is_post(request) else None)
        page.goto(ORIGIN + URL)
        _write_by_keyboard(page)
        panel = page.get_by_role("region", name="Déjà signalé ?")
        expect(panel.get_by_text("même rue")).to_be_visible()
        expect(panel.get_by_role("button", name="Rattacher l’appelant")).to_be_visible()
        expect(page.get_by_role("group", name="Questions à poser")).to_be_visible()
        expect(page.get_by_label("Adresse")).to_be_focused()
        expect(page.get_by_label("Adresse")).to_have_value("14 rue Paradis")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    last = sent[-1].post_data or ""
    assert sent[-1].url == ORIGIN + URL
    assert "address=14+rue+Paradis" in last
    assert "attach=" not in last
    assert "seen=" in last
    assert any(request.url.endswith("/similar/") for request in sent)


def _is_post(request: Request) -> bool:
    return request.method == "POST"


def _write_by_keyboard(page: Page) -> None:
    page.get_by_label("Catégorie").focus()
    page.keyboard.type("Trou dans")
    page.keyboard.press("Tab")
    page.keyboard.type("14 rue Paradis")
