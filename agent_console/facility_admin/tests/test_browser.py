"""The supervisors' pages in Chromium: accessibility rules, narrow windows, policy."""

from __future__ import annotations

import pytest
from django.test import Client

from agent_console.facilities.models import FacilityImport, SortingRule
from agent_console.facilities.tests.conftest import csv_of, line
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .test_pages import BASE, RULE, rule_form, upload

pytestmark = pytest.mark.django_db


def _page(response: object) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])  # type: ignore[attr-defined]


@pytest.fixture
def pages(console: Client) -> dict[str, RenderedPage]:
    """Every screen in its states, rendered before the browser starts."""
    screens = {"/empty": _page(console.get(BASE)), RULE: _page(console.get(RULE))}
    upload(console, csv_of(*(line(number) for number in range(12))))
    shown = FacilityImport.objects.get()
    screens["/preview"] = _page(console.get(f"{BASE}imports/{shown.pk}/"))
    console.post(f"{BASE}imports/{shown.pk}/confirm/")
    screens["/applied"] = _page(console.get(f"{BASE}imports/{shown.pk}/"))
    upload(console, csv_of(line(1, latitude=43.4)))
    second = FacilityImport.objects.exclude(pk=shown.pk).get()
    screens["/retires"] = _page(console.post(f"{BASE}imports/{second.pk}/confirm/"))
    screens["/mistakes"] = _page(upload(console, csv_of("p1;glass;;13055;43.3;5.4;lundi;")))
    screens[BASE] = _page(console.get(BASE))
    rule = SortingRule.objects.get(pk="gravats")
    console.post(f"{RULE}save/", rule_form(rule, advice="Badge demandé."))
    console.post(
        f"{RULE}commune/",
        {"local-version": 2, "local-commune": "13001", "local-outlet": "special",
         "local-advice": "Sur rendez-vous."},
    )  # fmt: skip
    screens["/changed"] = _page(console.get(RULE))
    screens["/wrong"] = _page(console.post(f"{RULE}save/", rule_form(rule, name="")))
    screens[f"{BASE}sorting/"] = _page(console.get(f"{BASE}sorting/"))
    return screens


def test_no_screen_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
    assert found == {path: [] for path in found}
    assert len(found) == 20


def test_no_screen_scrolls_sideways_at_320_pixels_or_complains(
    pages: dict[str, RenderedPage],
) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        context.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        page = context.new_page()
        widths = {}
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(pages, 320)
    assert complaints == []
