"""For tests only: a headless Chromium, pages rendered into it, and what axe says of them.

With ``serve`` no server runs: requests are answered in the browser's own network layer, so a page
is looked at exactly as it was rendered, with the site's static files and its own policy.
"""

from __future__ import annotations

import mimetypes
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import segno
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

ORIGIN = "http://localhost:8000"
# No look-up of anything outside: the machine that tests may have no network.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Of what is in order a single example is enough: listing all of it takes as long as looking.  What
# axe would fetch beforehand serves media that play by themselves; no page has any.
_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"],
    "resultTypes": ["violations"],
    "preload": False,
}
# Colours are read off the screen: a frame must have been drawn.
_PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "preload": False}


@dataclass(frozen=True)
class RenderedPage:
    """What a view answered: the document, and the Content-Security-Policy that came with it."""

    html: str
    policy: str


def chromium() -> str:
    """The browser's program: ``CHROMIUM``, or what the PATH has."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    assert found, "no Chromium: install the package chromium, or set CHROMIUM to the program"
    return found


@contextmanager
def headless(*more: str) -> Iterator[Browser]:
    """A headless Chromium with ``more`` switches.

    Inside it Django's ORM is out of reach: Playwright runs a loop.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*_ARGUMENTS, *more])
        yield browser
        browser.close()


def another_with(browser: Browser, *more: str) -> Browser:
    """A second browser beside ``browser`` with ``more`` switches; whoever asks for it closes it."""
    return browser.browser_type.launch(executable_path=chromium(), args=[*_ARGUMENTS, *more])


def camera_showing(film: Path) -> tuple[str, ...]:
    """Switches of a browser whose only camera plays ``film`` (YUV4MPEG2), and may be used."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def film_of_qr(text: str, film: Path) -> Path:
    """Write a film of a QR code held before a camera, grey around it; returns ``film``."""
    width, height, zoom = 640, 480, 8
    rows = [bytes(row) for row in segno.make(text, error="m").matrix_iter(border=4)]
    left, top = (width - len(rows[0]) * zoom) // 2, (height - len(rows) * zoom) // 2
    assert left >= 0 <= top, "too much text for the picture"
    luma = bytearray([128]) * (width * height)
    for number in range(len(rows) * zoom):
        line = b"".join((b"\x10" if dark else b"\xeb") * zoom for dark in rows[number // zoom])
        start = (top + number) * width + left
        luma[start : start + len(line)] = line
    frame = b"FRAME\n" + luma + b"\x80" * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n".encode()
    film.write_bytes(head + frame * 10)
    return film


def serve(context: BrowserContext, pages: Mapping[str, RenderedPage]) -> None:
    """Answer ``context`` with ``pages`` by path, and with static files; anything else is 404."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in pages:
            page = pages[path]
            headers = {"content-security-policy": page.policy}
            route.fulfill(body=page.html, content_type="text/html", headers=headers)
            return
        is_static = path.startswith("/static/")
        found = finders.find(path.removeprefix("/static/")) if is_static else None
        if found is None:
            route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(found)[0]
        route.fulfill(
            body=Path(found).read_bytes(),
            content_type=kind or "text/plain",
            headers={"access-control-allow-origin": "*"},  # as WhiteNoise says
        )

    context.route(f"{ORIGIN}/**", answer)


def violations(page: Page, *, contrast_only: bool = False) -> list[str]:
    """Accessibility rules (WCAG 2.2 AA and those tagged RGAA) that ``page`` breaks, with where.

    ``contrast_only``: a page that passed in one colour scheme can only differ by its colours in
    the other.
    """
    if contrast_only:
        page.evaluate(_PAINTED)
    results = Axe().run(page, options=_CONTRAST if contrast_only else _AXE).response
    # Contrast above what is painted by somebody else (a map) is looked at and left undecided.
    assert results["passes"] or results["incomplete"], "axe looked at nothing"
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in results["violations"]]
