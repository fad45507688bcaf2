"""The public and the operator's pages in Chromium: the QR code read back, accessibility, width."""

from __future__ import annotations

import base64
import uuid

import pytest
from django.test import Client, override_settings

from agent_console.citizens.models import Resident
from agent_console.wallet.tests.fake_wallet import NOW, OFFER, FakeWallet
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

_READ_QR = """async (picture) => {
    const { BarcodeDetector, prepareZXingModule } = await import(
        "/static/vendor/barcode-detector/ponyfill.js"
    );
    const wasm = "/static/vendor/barcode-detector/zxing_reader.wasm";
    prepareZXingModule({ overrides: { locateFile: () => wasm } });
    const bytes = Uint8Array.from(atob(picture), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(image);
    return found.map((code) => code.rawValue);
}"""
_SCANNER = RenderedPage("<!doctype html><title>x</title>", "script-src 'self' 'wasm-unsafe-eval'")


@pytest.fixture
def pages(
    console: Client, client: Client, metropolis: None, resident: Resident, wallet: FakeWallet
) -> dict[str, RenderedPage]:
    """Every screen in its states, rendered before the browser starts."""
    vouchers = {
        state: wallet.vouchers[
            wallet.voucher(state=state, captured_at=NOW.isoformat(), site="Accueil")
        ]["id"]
        for state in ("held", "captured", "expired", "cancelled")
    }
    points = f"/console/residents/{resident.id}/points/"
    paths = [
        "/offres/",
        *(f"/bons/{number}/" for number in vouchers.values()),
        points,
        f"{points}offers/{OFFER}/",
        f"{points}vouchers/{vouchers['held']}/",
        f"{points}vouchers/{vouchers['captured']}/",
    ]
    screens = {path: _rendered(console, path) for path in paths}
    wallet.offers.clear()
    wallet.vouchers.clear()
    screens["/console/nothing"] = _rendered(console, points)
    screens["/offres/nothing"] = _rendered(console, "/offres/?commune=13055")
    wallet.away = True
    screens["/bons/away"] = _rendered(console, f"/bons/{uuid.uuid4()}/", 503)
    return screens


def _rendered(client: Client, path: str, status: int = 200) -> RenderedPage:
    response = client.get(path)
    assert response.status_code == status
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@override_settings(PUBLIC_BASE_URL="https://points.example.fr")
@pytest.mark.django_db
def test_the_qr_code_on_the_page_leads_to_the_till(
    client: Client, wallet: FakeWallet, scheme: str
) -> None:
    code = wallet.voucher()
    address = f"/bons/{wallet.vouchers[code]['id']}/"
    pages = {address: _rendered(client, address), "/scanner": _SCANNER}
    with headless() as browser:
        context = browser.new_context(
            viewport={"width": 360, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}{address}")
        picture = base64.b64encode(page.get_by_role("img", name="QR code du bon").screenshot())
        page.goto(f"{ORIGIN}/scanner")
        assert page.evaluate(_READ_QR, picture.decode()) == [
            f"https://points.example.fr/partners/v/{code}"
        ]


def test_no_screen_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        for dark in (False, True):
            context = browser.new_context(color_scheme="dark" if dark else "light")
            serve(context, pages)
            page = context.new_page()
            found = {}
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                for summary in page.locator("summary").all():
                    summary.click()
                found[path] = violations(page, contrast_only=dark)
            assert found == {path: [] for path in pages}


def test_no_screen_scrolls_sideways_at_320_pixels(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        widths = {}
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            widths[path] = page.evaluate("document.documentElement.scrollWidth")
        assert widths == dict.fromkeys(pages, 320)


def test_the_screens_run_under_their_own_policy(pages: dict[str, RenderedPage]) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
    assert complaints == []


def test_a_voucher_is_cancelled_by_keyboard_alone(pages: dict[str, RenderedPage]) -> None:
    held = next(path for path in pages if path.startswith("/bons/") and "<svg" in pages[path].html)
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}{held}")
        page.locator("summary", has_text="Annuler ce bon").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        with page.expect_request(f"{ORIGIN}{held}cancel") as asked:
            page.keyboard.press("Enter")
        assert asked.value.method == "POST"
