"""The supervisors' pages: who may open them, what they show, in a browser too."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from agent_console.analytics.impact.daily import DEPOSITS, REPORTS
from agent_console.analytics.measures import MEASURES
from agent_console.analytics.models import DailyTotal, UnitCost
from agent_console.analytics.permissions import CHANGE_COSTS, VIEW
from agent_console.analytics.points import GIVEN, POINTS
from agent_console.analytics.services import episodes_update
from agent_console.analytics.wallboard import wallboard
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.models import Author, Conversation
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

from .histories import Talk

pytestmark = pytest.mark.django_db
BASE = "/console/analyses/"
WALL = "/console/mur/"
PATHS = (BASE, f"{BASE}contacts/?mesure=outcome&valeur=bot", f"{BASE}phrases/", f"{BASE}couts/",
         f"{BASE}definitions/", f"{BASE}points/?valeur=given", WALL)  # fmt: skip
DEFINED = Path(__file__).parents[3] / "docs" / "analytics.md"


@pytest.fixture
def console(make_user: Callable[..., User], client: Client) -> Client:
    client.force_login(
        make_user(
            "nadia", VIEW, CHANGE_COSTS, "conversations.view_conversation", "reports.view_report"
        )
    )
    return client


@pytest.fixture
def lived(report: Report) -> Conversation:
    """Some days of contacts, and a person who waits now."""
    now = timezone.now()
    for days in range(2, 40):
        for number in range(days % 4 + 1):
            talk = Talk(
                channel=("web", "sms")[number % 2], at=now - timedelta(days=days, hours=2 * number)
            )
            talk.exchange("greet").exchange(("report_issue", "nlu_fallback")[days % 5 == 0])
            if days % 7 == 0:
                talk.ask_person().after(minutes=number).say(Author.AGENT)
            if days % 3 == 0:
                talk.rate((None, 5, 2)[number % 3])
    Report.objects.update(channel="phone", conversation=None)
    episodes_update(now=now)
    DailyTotal.objects.bulk_create(
        DailyTotal(
            day=(now - timedelta(days=days)).date(), measure=POINTS.code, key=key, count=2, total=20
        )
        for days in range(1, 40)
        for key in POINTS.labels
    )
    waits = Talk(at=now - timedelta(minutes=12)).exchange().ask_person()
    Conversation.objects.filter(pk=waits.row.pk).update(waiting_since=waits.at)
    return waits.row


@pytest.mark.parametrize(
    "path",
    [
        *PATHS,
        f"{BASE}export/outcome.csv",
        f"{BASE}export/points_moved.csv",
        f"{WALL}partie/",
    ],
)
def test_only_permitted_colleagues_open_it(
    path: str, client: Client, make_user: Callable[..., User]
) -> None:
    assert client.get(path).status_code == 302
    client.force_login(make_user("camille", "conversations.view_conversation"))
    assert client.get(path).status_code == 403


def test_costs_are_changed_only_with_their_permission(
    console: Client, client: Client, make_user: Callable[..., User]
) -> None:
    asked = {"bot": "0,20", "both": "3,50", "agent": "4,00", "phone": "6,00", "nobody": "0"}
    assert console.post(f"{BASE}couts/", asked).status_code == 302
    assert list(UnitCost.objects.values_list("handled_by", "cents")) == [("bot", 20)]
    refused = console.post(f"{BASE}couts/", {**asked, "bot": "-1"})
    assert refused.status_code == 422
    client.force_login(make_user("sami", VIEW))
    assert client.post(f"{BASE}couts/", asked).status_code == 403
    assert UnitCost.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["du=2026-02-30&au=2026-03-01", "du=2026-03-02&au=2026-03-01", "du=x", "au=2026-03-01",
              "du=1900-01-01&au=1900-01-02", "du=2020-01-01&au=2026-01-01"]
)  # fmt: skip
def test_a_period_that_is_none_is_said_with_its_code(console: Client, query: str) -> None:
    response = console.get(f"{BASE}?{query}")
    assert response.status_code == 400
    assert "period_invalid" in response.text


def test_every_measure_is_defined_in_the_product_and_in_the_docs(console: Client) -> None:
    page, docs = console.get(f"{BASE}definitions/").text, DEFINED.read_text()
    others = (POINTS, GIVEN, REPORTS, DEPOSITS)
    for code in [*MEASURES, *(one.code for one in others), "effects", "cost_resident", "wall"]:
        assert f'id="{code}"' in page
        assert f"| `{code}` |" in docs


def test_every_export_opens_in_a_french_spreadsheet(console: Client, lived: Conversation) -> None:
    call = Talk(channel="voice", at=timezone.now() - timedelta(days=3))
    call.exchange("greet").call(waits_s=30, talks_s=60)
    episodes_update(now=timezone.now())
    for code in [*MEASURES, POINTS.code]:
        answer = console.get(f"{BASE}export/{code}.csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{code}_' in answer["Content-Disposition"]
        assert answer.content.startswith(b"\xef\xbb\xbfMesure;Du;Au;Valeur;"), code
        head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert rows, code
        assert {len(row) for row in rows} == {len(head)}
        assert all(re.fullmatch(r"\d\d/\d\d/\d{4}", day) for row in rows for day in row[1:3])
        decimals = [head.index(title) for title in ("Part (%)", "Moyenne") if title in head]
        assert bool(decimals) == (code != POINTS.code)
        assert all(re.fullmatch(r"\d+,\d\d|", row[one]) for row in rows for one in decimals)


def test_unknown_measures_and_values_are_not_found(console: Client) -> None:
    assert console.get(f"{BASE}export/nothing.csv").status_code == 404
    assert console.get(f"{BASE}contacts/?mesure=outcome&valeur=nothing").status_code == 404
    assert console.get(f"{BASE}contacts/?mesure=nothing&valeur=bot").status_code == 404
    assert console.get(f"{BASE}points/?valeur=nothing").status_code == 404


def test_the_wall_says_what_happens_now(
    lived: Conversation, make_user: Callable[..., User]
) -> None:
    now = timezone.now()
    wall = wallboard(now=now)
    assert (wall.waiting, wall.in_progress, wall.agents_busy) == (1, 0, 0)
    assert wall.longest_wait is not None
    assert wall.longest_wait > timedelta(minutes=11)
    assert sum(count for _, count in wall.channels) == 1
    assert wall.chain is None  # no wallet answers here, and the wall stands
    agent = make_user("camille", "conversations.answer_conversation")
    conversation_take(conversation_id=lived.pk, actor=agent)
    wall = wallboard(now=timezone.now())
    assert (wall.waiting, wall.in_progress, wall.agents_busy, wall.agents_free) == (0, 1, 1, 0)


def test_pages_in_a_browser(console: Client, lived: Conversation) -> None:
    """Accessibility, narrow windows, keyboard, the page's own policy; makes the pictures."""
    pages = {}
    for path in PATHS:
        response = console.get(path)
        assert response.status_code == 200, path
        policy = response.headers["Content-Security-Policy"]
        pages[path.partition("?")[0]] = RenderedPage(response.text, policy)
    images = Path("build/images")
    images.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    complaints: list[str] = []
    with headless() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                viewport={"width": 1280, "height": 900},
            )
            serve(context, pages)
            opened = context.new_page()
            opened.on("console", lambda line: complaints.append(line.text))
            for path in pages:
                opened.goto(f"{ORIGIN}{path}")
                if path == BASE:
                    expect(opened.locator(".chart canvas").first).to_be_visible()
                found[f"{scheme} {path}"] = violations(opened, contrast_only=scheme == "dark")
                if scheme == "light" and path in (BASE, WALL):
                    name = "analytics-overview" if path == BASE else "analytics-wall"
                    opened.screenshot(path=images / f"{name}.png")
            context.close()
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        opened = context.new_page()
        for path in pages:
            opened.goto(f"{ORIGIN}{path}")
            widths[path] = opened.evaluate("document.documentElement.scrollWidth")
        opened.goto(f"{ORIGIN}{BASE}")
        number = opened.locator("#titre-outcome ~ .sheet-frame a").first
        number.focus()
        with opened.expect_request(f"{ORIGIN}{BASE}contacts/**") as asked:
            opened.keyboard.press("Enter")
        assert "mesure=outcome" in asked.value.url
    assert found == {path: [] for path in found}
    assert widths == dict.fromkeys(pages, 320)
    assert [line for line in complaints if "Content Security Policy" in line] == []
