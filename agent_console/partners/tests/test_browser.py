"""The till in Chromium: a camera that sees a QR code, a phone's width, keyboard, accessibility."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from agent_console.partners.models import Cashier
from agent_console.wallet.tests.fake_wallet import NOW, FakeWallet
from service_kit import voucher_code
from service_kit.browser import (
    ORIGIN,
    RenderedPage,
    camera_showing,
    film_of_qr,
    headless,
    serve,
    violations,
)
from service_kit.voucher_code import shown

PHONE: ViewportSize = {"width": 360, "height": 640}


def rendered(client: Client, path: str, status: int = 200) -> RenderedPage:
    response = client.get(path)
    assert response.status_code == status
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def code(wallet: FakeWallet) -> str:
    return wallet.voucher()


@pytest.fixture
def pages(till: Client, wallet: FakeWallet, code: str, cashier: Cashier) -> dict[str, RenderedPage]:
    """Every screen, rendered before the browser starts."""
    used = wallet.voucher(
        state="captured", captured_at=NOW.isoformat(), site="Accueil", cashier=str(cashier.id)
    )
    row = wallet.vouchers[used]
    copied = ("voucher_code", "points", "reimbursement_cents", "captured_at", "site")
    line = {**{name: row[name] for name in copied}, "offer_title": row["offer"]["title"]}
    statement = wallet.statement([line], since=None, until="2026-12-01")
    expired = wallet.voucher(state="expired")
    paths = [
        "/partners/",
        f"/partners/v/{code}",
        f"/partners/v/{used}",
        f"/partners/v/{used}?done=1",
        f"/partners/v/{expired}",
        f"/partners/v/{code}/problem",
        "/partners/day/",
        f"/partners/day/?day={NOW:%Y-%m-%d}",
        "/partners/statements/",
        f"/partners/statements/{statement}/",
    ]
    screens = {path.replace("?", "&"): rendered(till, path) for path in paths}
    screens["/partners/wrong"] = rendered(till, "/partners/?code=123", 422)
    screens["/partners/v/unknown"] = rendered(till, "/partners/v/123456782", 409)
    form = {"key": str(uuid.uuid4()), "reason": "other"}
    told = till.post(f"/partners/v/{used}/problem", form, follow=True)
    assert "signalé" in told.text
    policy = told.headers["Content-Security-Policy"]
    screens["/partners/v/told"] = RenderedPage(told.text, policy)
    session = till.session
    session["confirmed_at"] = 0
    session.save()
    screens["/partners/confirm"] = rendered(till, f"/partners/statements/{statement}.csv", 403)
    screens["/partners/login/"] = rendered(Client(), "/partners/login/")
    return screens


@contextmanager
def phone(pages: dict[str, RenderedPage], *switches: str) -> Iterator[tuple[Page, list[str]]]:
    """A phone's browser on the rendered pages, and what its console complained about."""
    complaints: list[str] = []
    with headless(*switches) as browser:
        context: BrowserContext = browser.new_context(viewport=PHONE, locale="fr-FR")
        serve(context, pages)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        yield context.new_page(), complaints


def test_the_camera_reads_a_vouchers_qr_code(
    pages: dict[str, RenderedPage], code: str, tmp_path: Path
) -> None:
    film = film_of_qr(f"{ORIGIN}/partners/v/{code}", tmp_path / "qr.y4m")
    with phone(pages, *camera_showing(film)) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{ORIGIN}/partners/")
        assert not any("vendor" in url for url in asked)  # one megabyte, only when it is used
        page.get_by_role("button", name="Scanner le QR code").click()
        expect(page.get_by_role("heading", name="Bon valable")).to_be_visible(timeout=30_000)
        assert page.url == f"{ORIGIN}/partners/v/{code}"
        assert complaints == []
        assert any(url.endswith("zxing_reader.wasm") for url in asked)
        assert all(url.startswith(ORIGIN) for url in asked if not url.startswith("blob:"))


def test_a_foreign_qr_code_leads_nowhere(pages: dict[str, RenderedPage], tmp_path: Path) -> None:
    film = film_of_qr("https://exemple.fr/partners/v/123456789", tmp_path / "qr.y4m")
    with phone(pages, *camera_showing(film)) as (page, complaints):
        page.goto(f"{ORIGIN}/partners/")
        page.get_by_role("button", name="Scanner le QR code").click()
        expect(page.get_by_text("Ce QR code n’est pas celui d’un bon.")).to_be_visible(
            timeout=30_000
        )
        assert page.url == f"{ORIGIN}/partners/"
        assert page.locator("video").evaluate("video => video.videoWidth") > 0
        page.get_by_role("button", name="Arrêter la caméra").click()
        expect(page.locator("video")).to_be_hidden()
        assert page.locator("video").evaluate("video => video.srcObject") is None
        assert complaints == []


def test_without_a_camera_the_code_is_typed(pages: dict[str, RenderedPage], code: str) -> None:
    with phone(pages) as (page, _):
        page.goto(f"{ORIGIN}/partners/")
        page.get_by_role("button", name="Scanner le QR code").click()
        expect(page.get_by_text(re.compile("Tapez le code|tapez le code")).first).to_be_visible()
        field = page.get_by_label("Ou tapez le code du bon")
        field.fill(shown(code).lower())
        expect(page.get_by_text("Code complet.")).to_be_visible()


def test_a_typing_error_is_said_at_once_and_asks_nobody(
    pages: dict[str, RenderedPage], code: str
) -> None:
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with phone(pages) as (page, complaints):
        page.goto(f"{ORIGIN}/partners/")
        asked: list[str] = []
        page.on(
            "request",
            lambda request: asked.append(request.url) if request.is_navigation_request() else None,
        )
        field = page.get_by_label("Ou tapez le code du bon")
        field.press_sequentially(shown(wrong))
        expect(page.get_by_text("Ce code contient une erreur de frappe.")).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
        field.press("Enter")
        expect(field).to_be_focused()
        field.fill("123-45S")
        expect(page.get_by_text("caractère impossible")).to_be_visible()
        field.fill("123")
        expect(page.locator("[data-code-state]")).to_be_empty()  # not finished is not wrong
        page.get_by_role("button", name="Vérifier le code").click()
        expect(page.get_by_text("9 caractères. Vérifiez")).to_be_visible()
        assert asked == []
        assert complaints == []


def test_the_pages_check_is_the_servers(pages: dict[str, RenderedPage]) -> None:
    """The script that checks while typing knows the same codes as ``service_kit``."""
    codes = [voucher_code.draw() for _ in range(200)]
    swapped = [code[1] + code[0] + code[2:] for code in codes]
    texts = [
        *codes,
        *map(shown, codes),
        *swapped,
        "",
        "12",
        "12345678S",
        *(c.lower() for c in codes),
    ]
    expected: list[str | None] = []
    for text in texts:
        try:
            voucher_code.parse(text)
            expected.append(None)
        except voucher_code.NotACode as wrong:
            expected.append(wrong.flaw.value)
    with phone(pages) as (page, _):
        page.goto(f"{ORIGIN}/partners/")
        found = page.evaluate(
            """async ([texts, alphabet, length]) => {
                const { checkCode } = await import("/static/partners/code.js");
                return texts.map((text) => checkCode(text, alphabet, length));
            }""",
            [texts, voucher_code.ALPHABET, voucher_code.LENGTH],
        )
    assert found == expected


def test_no_screen_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        for dark in (False, True):
            context = browser.new_context(color_scheme="dark" if dark else "light")
            serve(context, pages)
            page = context.new_page()
            found = {}
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
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


def test_what_is_pressed_is_large_and_reached_by_keyboard(
    pages: dict[str, RenderedPage], code: str
) -> None:
    with phone(pages) as (page, _):
        page.goto(f"{ORIGIN}/partners/v/{code}")
        button = page.get_by_test_id("capture")
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert box["width"] >= 300
        expect(button).to_be_in_viewport()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        for _ in range(3):
            page.keyboard.press("Tab")
            if button.evaluate("element => element === document.activeElement"):
                break
        expect(button).to_be_focused()
