"""The receipt in Chromium: accessibility rules, a narrow window, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from agent_console.reports import steps
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db


def _rendered(response: Any) -> RenderedPage:
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


def test_the_receipt_breaks_no_rule_fits_a_phone_and_prints(
    client: Client, report: Report, make_user: Callable[..., User]
) -> None:
    address = f"/signalements/{report.receipt_key}/"
    pages = {"/new/": _rendered(client.get(address))}
    agent = make_user(
        "a", "reports.validate_report", "reports.assign_report", "reports.work_report"
    )
    steps.report_validate(report=report, actor=agent)
    steps.report_assign(report=report, actor=agent, service_code="voirie")
    steps.report_resolve(report=report, actor=agent, reason_code="secured")
    pages["/asked/"] = _rendered(client.get(address))
    pages["/english/"] = _rendered(client.get(address, {"lang": "en"}))
    pages["/refused/"] = _rendered(
        client.post(f"{address}avis/", {"answer": "no", "comment": "x" * 301})
    )
    found: dict[str, list[str]] = {}
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": 320, "height": 640},
            )
            serve(context, pages)
            page = context.new_page()
            for path in pages:
                page.goto(f"{ORIGIN}{path}")
                width = page.evaluate("document.documentElement.scrollWidth")
                found[f"{scheme} {path}"] = violations(page, contrast_only=scheme == "dark") + (
                    [] if width == 320 else [str(width)]
                )
        page.goto(f"{ORIGIN}/asked/")
        expect(page.get_by_role("button", name="Oui, c’est réglé")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="Oui, c’est réglé")).to_be_hidden()
        expect(page.get_by_test_id("reference")).to_be_visible()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) == 8
