"""The pickups' pages in Chromium: accessibility rules, narrow windows, keyboard, print."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from agent_console.pickups.models import Booking, Pattern, Reminder, Slot
from agent_console.pickups.tests.conftest import on_the_day
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
DESK = "/console/pickups/"


@pytest.fixture
def pages(
    chief: Client, make_slot: Callable[..., Slot], book: Callable[..., Booking]
) -> dict[str, RenderedPage]:
    """The screens as a supervisor and a citizen get them, before the browser starts."""
    slot, today = make_slot(), make_slot(day=timezone.localdate() + timedelta(days=5))
    booking = book(slot, contact="x" * 60)
    stops = [book(today, address=f"{number} rue d’Italie") for number in (1, 2)]
    on_the_day(today)
    chief.post(f"{DESK}crew/{stops[0].reference}/done/")
    Booking.objects.filter(pk=booking.pk).update(reminder=Reminder.TO_CALL)
    pattern = Pattern.objects.first()
    assert pattern is not None
    label = f"/encombrants/{booking.label_key}/"
    paths = [
        DESK,
        f"{DESK}slots/{slot.pk}/",
        f"{DESK}slots/new/",
        f"{DESK}patterns/",
        f"{DESK}settings/",
        f"{DESK}settings/rules/default/",
        f"{DESK}settings/items/sofa/",
        f"{DESK}settings/sectors/aix/",
        f"{DESK}book/",
        f"{DESK}book/?insee=13001",
        f"{DESK}book/?insee=13041",
        f"{DESK}bookings/",
        f"{DESK}bookings/{booking.reference}/",
        f"{DESK}bookings/{booking.reference}/change/",
        f"{DESK}calls/",
        f"{DESK}crew/",
        f"{DESK}crew/?sector=aix",
        label,
        f"{label}?lang=en",
        f"{label}changer/",
    ]
    rendered = {path.replace("?", "-"): _rendered(chief.get(path)) for path in paths}
    refused = chief.post(f"{DESK}book/?insee=13001", {"items": "4 pneus, un canappé"})
    rendered["/refused"] = _rendered(refused)
    return rendered


def _rendered(response: object) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])  # type: ignore[attr-defined]


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
    assert {path: broken for path, broken in found.items() if broken} == {}
    assert len(found) == 2 * len(pages) == 42


def test_no_screen_scrolls_sideways_at_320_pixels(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        widths: dict[str, int] = {}
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(pages, 320)


def test_the_crew_records_with_the_keyboard_alone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 360, "height": 640})
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}{DESK}crew/-sector=aix")
        done = page.get_by_role("button", name="Fait, 2 rue d’Italie")
        box = done.bounding_box()
        assert box is not None
        assert box["height"] >= 48, "big enough for a thumb in a glove"
        for _ in range(60):
            page.keyboard.press("Tab")
            if done.evaluate("element => element === document.activeElement"):
                break
        expect(done).to_be_focused()
        with page.expect_request("**/done/") as sent:
            page.keyboard.press("Enter")
        assert sent.value.method == "POST"


def test_typing_objects_reads_them_back_without_leaving_the_page(
    pages: dict[str, RenderedPage],
) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.route(
            "**/book/13001/reading/",
            lambda route: route.fulfill(
                content_type="text/html", body='<p data-testid="total">Total lu</p>'
            ),
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{ORIGIN}{DESK}book/-insee=13001")
        with page.expect_request("**/reading/") as sent:
            page.get_by_label("Objets", exact=True).press_sequentially("un frigo")
        expect(page.get_by_test_id("total")).to_have_text("Total lu")
        body = sent.value.post_data or ""
    assert "items=un%20frigo" in body
    assert "csrfmiddlewaretoken=" in body
    assert complaints == []


def test_the_printed_label_has_no_buttons(pages: dict[str, RenderedPage]) -> None:
    [path] = [path for path in pages if path.startswith("/encombrants/") and path.endswith("/")][:1]
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}{path}")
        expect(page.get_by_test_id("confirm")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.get_by_test_id("confirm")).to_be_hidden()
        expect(page.get_by_test_id("reference")).to_be_visible()
        expect(page.get_by_text("Pas d’imprimante")).to_be_visible()
