"""The cards' pages in Chromium: accessibility rules, narrow windows, keyboard."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from agent_console.collectors import linking
from agent_console.collectors.models import Card, Deposit, DepositPart
from agent_console.collectors.tests.conftest import batch, deposit, send
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
CARDS = "/console/cards/"
SUPERVISOR = ("collectors.link_card", "collectors.retry_deposit")


def _rendered(client: Client, path: str) -> RenderedPage:
    response = client.get(path)
    assert response.status_code == 200
    return RenderedPage(response.text, response.headers["Content-Security-Policy"])


@pytest.fixture
def pages(
    agent: User, client: Client, report: Report, make_user: Callable[..., User]
) -> dict[str, RenderedPage]:
    """The screens as an operator gets them, rendered before the browser starts."""
    client.force_login(agent)
    empty = _rendered(client, CARDS)
    send(batch(deposit("a"), deposit("b", card="AB12345678", site="x" * 80)))
    assert report.resident is not None
    linking.card_link(
        collector="demo", number="497010123456", resident=report.resident, actor=agent
    )
    linked, waiting = (Card.objects.filter(resident__isnull=flag).get() for flag in (False, True))
    refused = client.post(f"{CARDS}link/", {"collector": "demo", "number": "", "reference": ""})
    pages = {
        "/empty": empty,
        CARDS: _rendered(client, CARDS),
        f"{CARDS}{linked.id}/": _rendered(client, f"{CARDS}{linked.id}/"),
        f"{CARDS}{waiting.id}/": _rendered(client, f"{CARDS}{waiting.id}/"),
        "/refused": RenderedPage(refused.text, refused.headers["Content-Security-Policy"]),
    }
    return pages | _kept_waiting(client, agent, make_user("nadia", *SUPERVISOR), linked)


def _kept_waiting(
    client: Client, agent: User, supervisor: User, card: Card
) -> dict[str, RenderedPage]:
    """The screens with a deposit that fails and one whose rest waits for a cap."""
    deposits = Deposit.objects.filter(card=card)
    long_ago = timezone.now() - timedelta(days=40)
    deposits.update(failing_since=long_ago, attempts=800, wait_code="rule_unknown")
    client.force_login(supervisor)
    client.post(f"{CARDS}retry/", {"deposit": "failing"})
    send(batch(deposit("c", items=300, site="y" * 80)))
    limited = Deposit.objects.get(external_id="c")
    limited.points = limited.rewarded_items = 100
    limited.wait_code, limited.retry_at = "cap_day_reached", timezone.now() + timedelta(days=1)
    limited.save()
    DepositPart.objects.create(
        deposit=limited,
        items=100,
        points=100,
        state="rewarded",
        reward_id=uuid.uuid4(),
        decided_at=timezone.now(),
    )
    found = {
        "/failing": _rendered(client, CARDS),
        "/parts": _rendered(client, f"{CARDS}{card.id}/"),
    }
    assert "La suite" in found["/parts"].html
    client.force_login(agent)
    return found | {"/failing-seen": _rendered(client, CARDS)}


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
    assert len(found) == 16


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


def test_a_card_is_linked_with_the_keyboard_alone(pages: dict[str, RenderedPage]) -> None:
    with headless() as browser:
        context = browser.new_context()
        serve(context, pages)
        page = context.new_page()
        page.goto(f"{ORIGIN}{CARDS}")
        _tab_to(page, "Numéro de la carte")
        page.keyboard.type("AB12345678")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Référence d’un de ses signalements")).to_be_focused()
        page.keyboard.type("482177365")
        with page.expect_request(f"{ORIGIN}{CARDS}link/") as sent:
            page.keyboard.press("Enter")
        body = sent.value.post_data or ""
    assert "number=AB12345678" in body
    assert "reference=482177365" in body


def _tab_to(page: Page, label: str) -> None:
    field = page.get_by_label(label)
    for _ in range(40):
        page.keyboard.press("Tab")
        if field.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard never reaches {label!r}")
