"""A report's photos in Chromium: seen and enlarged by the keyboard, on a narrow phone too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from agent_console.photos.models import Uploader
from agent_console.photos.services import photo_store
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports.models import PhotoKind, Report, ReportScreening
from agent_console.reports.photos import photos_attach
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(
    make_user: Callable[..., User], report: Report, photo_files: Path
) -> dict[str, RenderedPage]:
    """The page of a report with photos of two kinds and words that were masked."""
    for kind, seeds in ((PhotoKind.CITIZEN, (1, 2, 3)), (PhotoKind.AFTER, (4,))):
        photos = [
            photo_store(content=encoded(scene(seed)), uploader=Uploader.CITIZEN).photo.pk
            for seed in seeds
        ]
        photos_attach(report=report, kind=kind, photo_ids=photos)
    ReportScreening.objects.create(
        report=report, kinds=["person"], names_somebody=True, description="Les mots d’origine"
    )
    client = Client()
    client.force_login(
        make_user("nadia", "reports.view_report", "photos.view_photo", "reports.read_original_text")
    )
    response = client.get(f"/console/reports/{report.reference}/")
    return {"/report": RenderedPage(response.text, response.headers["Content-Security-Policy"])}


def _open(context: BrowserContext, pages: dict[str, RenderedPage]) -> Page:
    serve(context, pages)
    large = encoded(scene(1))
    context.route(
        "**/photos/**", lambda route: route.fulfill(body=large, content_type="image/jpeg")
    )
    page = context.new_page()
    page.goto(f"{ORIGIN}/report")
    return page


def test_a_photo_is_enlarged_and_closed_by_the_keyboard(pages: dict[str, RenderedPage]) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        context.on(
            "console",
            lambda line: complaints.append(line.text) if "Policy" in line.text else None,
        )
        page = _open(context, pages)
        second = page.get_by_role("button", name="Agrandir : photo du citoyen, 2 sur 3")
        large = page.get_by_role("dialog", name="Photo du citoyen, 2 sur 3")
        expect(large).to_have_count(0)
        second.focus()
        page.keyboard.press("Enter")
        expect(large).to_be_visible()
        expect(large.get_by_role("img")).to_be_visible()
        assert large.locator("img").evaluate("image => image.decode().then(() => true)")
        page.keyboard.press("Escape")
        expect(large).to_have_count(0)
        expect(second).to_be_focused()
        second.click()
        page.get_by_role("button", name="Fermer").click()
        expect(large).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize("width", [320, 1280])
def test_photos_break_no_accessibility_rule_and_no_narrow_window(
    pages: dict[str, RenderedPage], width: int
) -> None:
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": 640},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = _open(context, pages)
            page.get_by_text("Lire ce qui a été écrit").click()
            assert violations(page, contrast_only=scheme == "dark") == []
            page.get_by_role("button", name="Agrandir : après intervention, 1 sur 1").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert violations(page, contrast_only=scheme == "dark") == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
