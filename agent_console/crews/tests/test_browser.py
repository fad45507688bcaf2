"""The crews' pages in Chromium: accessibility, 320 pixels, one thumb; the map and the position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from agent_console.crews.tests.conftest import CREW, PAGE
from agent_console.reports import feedback, steps
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
# What is pressed: links, buttons, labels of choices and of photos.
_SMALL = """() => [...document.querySelectorAll(
    "main a, main button, main label.big, .choices label, header a, footer a, footer button")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip, .leaflet-container *"))
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.height < 44 || box.width < 44)
  .map(([box, one]) => `${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""


def _rendered(response: Any) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def pages(
    phone: Client, crew: User, operator: User, give: Callable[..., Report], settings: Settings
) -> dict[str, RenderedPage]:
    """The screens as they are answered, before the browser starts."""
    settings.MAP_TILES_URL = f"{ORIGIN}/tiles/{{z}}/{{x}}/{{y}}.png"
    assigned = give(latitude=43.2965, longitude=5.3698, place="Devant la boulangerie")
    begun, again = give(), give(latitude=43.3, longitude=5.38)
    Report.objects.filter(pk=assigned.pk).update(due_at=timezone.now())
    steps.report_start(report=begun, actor=crew)
    steps.report_resolve(report=again, actor=crew)
    assert again.conversation is not None
    feedback.report_feedback(
        reference=again.reference,
        conversation=again.conversation,
        is_solved=False,
        comment="Toujours là, " + "x" * 60,
    )
    paths = {
        PAGE: PAGE,
        "/assigned/": f"{PAGE}{assigned.reference}/",
        "/begun/": f"{PAGE}{begun.reference}/",
        "/again/": f"{PAGE}{again.reference}/",
    }
    rendered = {name: _rendered(phone.get(path)) for name, path in paths.items()}
    refused = phone.post(f"{PAGE}{begun.reference}/resolve/", {"words": "Fait"})
    rendered["/refused/"] = _rendered(refused)
    return rendered


@pytest.fixture
def teams(make_user: Callable[..., User], metropolis: None) -> RenderedPage:
    make_user("ali", *CREW)
    client = Client()
    client.force_login(make_user("superviseure", "crews.manage_crews", "reports.view_report"))
    return _rendered(client.get(f"{PAGE}equipes/"))


def _open_sheets(page: Page) -> list[str]:
    return list(
        page.evaluate("[...document.querySelectorAll('[popover].sheet-up')].map(s => s.id)")
    )


def test_no_screen_breaks_a_rule_or_scrolls_sideways_and_all_can_be_pressed_by_a_thumb(
    pages: dict[str, RenderedPage], teams: RenderedPage
) -> None:
    shown = {**pages, "/teams/": teams}
    found: dict[str, list[str]] = {}
    looked = 0
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
                service_workers="block",
            )
            serve(context, shown)
            page = context.new_page()
            for path in shown:
                page.goto(f"{ORIGIN}{path}")
                if path != "/teams/":
                    page.wait_for_selector("body[data-ready]")
                for sheet in ["", *_open_sheets(page)]:
                    if sheet:
                        page.evaluate(f"document.getElementById('{sheet}').showPopover()")
                    wrong = violations(page, contrast_only=scheme == "dark")
                    width = page.evaluate("document.documentElement.scrollWidth")
                    wrong += [f"width {width}"] if width != 320 else []
                    wrong += page.evaluate(_SMALL) if path != "/teams/" else []
                    found[f"{scheme} {path}{sheet}"] = wrong
                    looked += 1
                    if sheet:
                        page.evaluate(f"document.getElementById('{sheet}').hidePopover()")
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert looked == 2 * (6 + 2 + 2 + 2), "six pages, and the sheets of three of them"


def test_the_actions_stay_at_the_bottom_under_the_thumb(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(
            viewport={"width": 360, "height": 640}, service_workers="block"
        )
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/assigned/")
        page.wait_for_selector("body[data-ready]")
        for name in ("Commencer", "Résolu", "Mauvais service"):
            box = page.get_by_role("button", name=name, exact=True).bounding_box()
            assert box is not None
            assert box["height"] >= 48
            assert 320 < box["y"] < 640 - box["height"] + 1, "in the lower half, in sight"
        for label in ("Photo avant", "Photo après"):
            taking = page.get_by_label(label)
            assert taking.get_attribute("capture") == "environment"
            assert taking.get_attribute("accept") == "image/*"
        page.get_by_role("button", name="Résolu", exact=True).press("Enter")
        expect(page.get_by_role("dialog", name="Résolu")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Résolu")).to_be_hidden()


def test_the_position_is_asked_for_on_the_button_only_and_posted(
    pages: dict[str, RenderedPage],
) -> None:
    with headless() as browser:
        context = browser.new_context(
            geolocation={"latitude": 43.29651, "longitude": 5.36978},
            permissions=["geolocation"],
            service_workers="block",
        )
        serve(context, pages)
        page = context.new_page()
        page.add_init_script(
            "const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);"
            "window.asked = 0;"
            "navigator.geolocation.getCurrentPosition ="
            " (...all) => { window.asked++; ask(...all); };"
        )
        page.goto(f"{ORIGIN}{PAGE}")
        expect(page.locator(".leaflet-marker-icon")).to_have_count(2)
        assert page.evaluate("window.asked") == 0
        with page.expect_request("**/autour/") as sent:
            page.get_by_role("button", name="Autour de moi").click()
        assert sent.value.method == "POST"
        body = sent.value.post_data or ""
        assert "lat=43.297" in body
        assert "lon=5.370" in body
        assert "43.297" not in sent.value.url
