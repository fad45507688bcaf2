"""The public pages in Chromium: accessibility, 320 pixels, the position, the map, the policy."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Route, expect
from pytest_django import Settings

from agent_console.facilities.models import Facility
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
LIST, AROUND = "/points-de-collecte/", "/points-de-collecte/autour/"
TILES = "https://tiles.example.fr"


def _rendered(client: Client, path: str, status: int = 200) -> RenderedPage:
    response = client.get(path)
    assert response.status_code == status
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def pages(client: Client, examples: None, settings: Settings) -> dict[str, RenderedPage]:
    """Every screen in its states, rendered before the browser starts."""
    facility = Facility.objects.get(external_id="EX-006")
    screens = {
        "/ou-jeter/": _rendered(client, "/ou-jeter/"),
        "/sure": _rendered(client, "/ou-jeter/?q=vieux+frigo&commune=13055"),
        "/unsure": _rendered(client, "/ou-jeter/?q=bouteille"),
        "/unknown": _rendered(client, "/ou-jeter/?q=lampadaire"),
        LIST: _rendered(client, LIST),
        "/none": _rendered(client, f"{LIST}?commune=13002"),
        "/refused": _rendered(client, f"{LIST}?kind=volcan", 422),
        "/place": _rendered(client, f"{LIST}{facility.pk}/"),
    }
    near = client.post(AROUND, {"lat": "43.296", "lon": "5.370"})
    screens[AROUND] = RenderedPage(near.text, near.headers["Content-Security-Policy"])
    settings.MAP_TILES_URL = f"{TILES}/{{z}}/{{x}}/{{y}}.png"
    settings.MAP_TILES_ATTRIBUTION = "© <b>Exemple</b>"
    screens["/map"] = _rendered(client, LIST)
    return screens


def _without_tiles(context: BrowserContext) -> list[str]:
    """Answer for the tile server; returns the addresses asked of it."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(
            status=200,
            content_type="image/svg+xml",
            body="<svg xmlns='http://www.w3.org/2000/svg'/>",
        )

    context.route(f"{TILES}/**", answer)
    return asked


def test_no_page_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            _without_tiles(context)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark")
    assert found == {path: [] for path in found}
    assert len(found) == 20


def test_no_page_scrolls_sideways_at_320_pixels(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        _without_tiles(context)
        page = context.new_page()
        widths = {}
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(pages, 320)


def test_the_position_is_asked_on_the_press_and_sent_once(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(
            geolocation={"latitude": 43.29649, "longitude": 5.36978}, permissions=["geolocation"]
        )
        serve(context, pages)
        page = context.new_page()
        page.add_init_script(
            "const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);"
            "window.asked = 0;"
            "navigator.geolocation.getCurrentPosition = (...a) => { window.asked++; ask(...a); };"
        )
        page.goto(f"{ORIGIN}{LIST}")
        page.get_by_label("Type de point").select_option("glass")
        assert page.evaluate("window.asked") == 0
        with page.expect_request(f"{ORIGIN}{AROUND}") as sent:
            page.get_by_role("button", name="Autour de moi").press("Enter")
        body = parse_qs(sent.value.post_data or "")
        assert (sent.value.method, body["lat"], body["lon"]) == ("POST", ["43.296"], ["5.370"])
        assert body["kind"] == ["glass"]
        assert "43" not in sent.value.url


def test_a_refused_position_leads_to_the_communes(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(permissions=[])
        serve(context, pages)
        page = context.new_page()
        page.add_init_script(
            "navigator.geolocation.getCurrentPosition = (done, refused) => refused({code: 1});"
        )
        page.goto(f"{ORIGIN}{LIST}")
        page.get_by_role("button", name="Autour de moi").click()
        expect(page.get_by_text("Choisissez une commune dans la liste.")).to_be_visible()
        expect(page.get_by_label("Commune")).to_be_focused()


def test_without_script_lists_stand_alone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(java_script_enabled=False)
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}/map")
        expect(page.get_by_test_id("place")).to_have_count(8)
        expect(page.get_by_role("button", name="Autour de moi")).to_be_hidden()
        expect(page.locator("[data-map]")).to_be_hidden()


def test_the_map_shows_the_list_under_its_own_policy(pages: dict[str, RenderedPage]) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        asked = _without_tiles(context)
        context.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
        page.goto(f"{ORIGIN}/map")
        pins = page.locator(".leaflet-marker-icon")
        expect(pins).to_have_text([str(number) for number in range(1, 9)])
        expect(page.locator(".leaflet-control-attribution")).to_have_text("© <b>Exemple</b>")
        assert asked
        assert all(address.startswith(f"{TILES}/") for address in asked)
    assert complaints == []
