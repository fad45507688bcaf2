"""The supervisors' pages in Chromium: accessibility rules, narrow windows, keyboard, policy."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from agent_console.nudges.tests.conftest import (
    AFTER,
    FakeWallet,
    campaign,
    chain,
    correction,
    limits,
    page,
    reconciliation,
    review,
    rule,
)
from agent_console.wallet.tests.bodies import drift_out
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
BASE = "/console/nudges/"
PATHS = ["", "rules/", "rules/report.pothole/", "campaigns/", "reviews/", "corrections/",
         "corrections/new/"]  # fmt: skip


def _rendered(client: Client, path: str) -> RenderedPage:
    response = client.get(path)
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def pages(console: Client, wallet: FakeWallet, metropolis: None) -> dict[str, RenderedPage]:
    """Every page, empty, filled and refused, rendered before the browser starts."""
    last = reconciliation(agrees=False, drifts=1)
    wallet.answers |= {
        "GET /v1/chain": (
            200,
            chain(issuing_stopped=True, issuing_stopped_reason="drift", last_reconciliation=last),
        ),
        "GET /v1/limits": (200, limits(level="alarm", spent_cents_12_months=80_000_000)),
        "GET /v1/reconciliations/12/drifts": (200, page(drift_out())),
        "GET /v1/rules/report.pothole/versions": (
            200,
            page(rule(version=8, valid_from=AFTER, campaign="verre_2027"), rule()),
        ),
        "GET /v1/campaigns": (200, page(campaign(), campaign(code="autre", ends_at=AFTER))),
        "GET /v1/reviews": (200, page(review(), review(pattern="own_voucher", reward=None))),
        "GET /v1/corrections": (200, page(correction(), correction(kind="refund_voucher"))),
        "GET /v1/corrections?state=applied": (
            200,
            page(correction(state="applied", decided_at=AFTER)),
        ),
    }
    rendered = {f"{BASE}{path}": _rendered(console, f"{BASE}{path}") for path in PATHS}
    refused = console.post(f"{BASE}rules/report.pothole/add/", {"points": "dix"})
    rendered["/refused"] = RenderedPage(refused.text, refused.headers["Content-Security-Policy"])
    wallet.answers |= {
        name: (200, page())
        for name in wallet.answers
        if name.startswith("GET /v1/c") or "rev" in name
    }
    wallet.answers["GET /v1/rules"] = (200, page())
    wallet.answers["GET /v1/chain"] = (200, chain(last_reconciliation=None, state="idle"))
    for path in ("", "rules/", "campaigns/", "reviews/", "corrections/"):
        rendered[f"/empty/{path}"] = _rendered(console, f"{BASE}{path}")
    wallet.is_away = True
    rendered["/away"] = _rendered(console, f"{BASE}rules/")
    return rendered


def test_no_page_breaks_an_accessibility_rule(pages: dict[str, RenderedPage]) -> None:
    found: dict[str, list[str]] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            serve(context, pages)
            opened = context.new_page()
            for path in pages:
                opened.goto(f"{ORIGIN}{path}")
                found[f"{scheme} {path}"] = violations(opened)
    assert found == {path: [] for path in found}
    assert len(found) == 28


def test_no_page_scrolls_sideways_at_320_pixels(pages: dict[str, RenderedPage]) -> None:
    widths: dict[str, int] = {}
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        opened = context.new_page()
        for path in pages:
            opened.goto(f"{ORIGIN}{path}")
            widths[path] = opened.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(pages, 320)


def test_a_proposal_is_made_with_the_keyboard_alone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        opened = context.new_page()
        opened.goto(f"{ORIGIN}{BASE}corrections/new/")
        kind = opened.get_by_label("Correction (obligatoire)")
        for _ in range(40):
            opened.keyboard.press("Tab")
            if kind.evaluate("element => element === document.activeElement"):
                break
        expect(kind).to_be_focused()
        opened.keyboard.press("ArrowDown")
        opened.keyboard.press("Tab")
        opened.keyboard.type("482177365")
        opened.keyboard.press("Tab")
        opened.keyboard.type("25")
        opened.keyboard.press("Tab")
        opened.keyboard.press("Tab")
        expect(opened.get_by_role("button", name="Proposer", exact=True)).to_be_focused()
        with opened.expect_request(f"{ORIGIN}{BASE}corrections/propose/") as sent:
            opened.keyboard.press("Enter")
        body = sent.value.post_data or ""
    assert "kind=credit" in body
    assert "reference=482177365" in body
    assert "points=25" in body


def test_the_pages_run_under_their_own_policy(pages: dict[str, RenderedPage]) -> None:
    complaints: list[str] = []
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        context.on(
            "console",
            lambda line: complaints.append(line.text) if line.type == "error" else None,
        )
        opened = context.new_page()
        for path in pages:
            opened.goto(f"{ORIGIN}{path}")
        opened.goto(f"{ORIGIN}{BASE}")
        expect(opened.get_by_role("meter")).to_be_visible()
    assert complaints == []
