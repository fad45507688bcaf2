"""Each number of the wallboard, and what contacts cost, beside straight SQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.analytics.costs import cost_lines, costs_now
from agent_console.analytics.measures import MEASURES
from agent_console.analytics.periods import Period
from agent_console.analytics.selectors import table
from agent_console.analytics.services import episodes_update
from agent_console.analytics.wallboard import wallboard
from agent_console.calls.models import Call
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.models import Author, Conversation
from agent_console.reports.models import Report

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
_WAITING = """SELECT (SELECT count(*) FROM conversations_conversation
    WHERE holder_id IS NULL AND waiting_since IS NOT NULL)
  + (SELECT count(*) FROM calls_call WHERE queued_at IS NOT NULL AND connected_at IS NULL
    AND ended_at IS NULL)"""
_IN_PROGRESS = """SELECT (SELECT count(*) FROM conversations_conversation
    WHERE holder_id IS NOT NULL)
  + (SELECT count(*) FROM calls_call WHERE connected_at IS NOT NULL AND ended_at IS NULL)"""
_ASKED = """SELECT (SELECT count(*) FROM conversations_deskentry WHERE kind = 'asked')
  + (SELECT count(*) FROM calls_call WHERE ended_at IS NOT NULL)"""
_TODAY = """SELECT count(*) FROM reports_report
  WHERE (created_at AT TIME ZONE 'Europe/Paris')::date = '2026-03-02'"""
_COST = """SELECT sum(CASE
    WHEN EXISTS (SELECT FROM conversations_message m
      WHERE m.conversation_id = c.id AND m.author = 'agent') THEN %s ELSE %s END)
  FROM conversations_conversation c"""


def _sql(statement: str, *parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


@pytest.fixture
def day(report: Report, make_user: Callable[..., User]) -> None:
    """Two who wait, one who is helped, a call that went and one that waits, two reports."""
    Conversation.objects.all().update(waiting_since=None)
    for minutes in (5, 40):
        talk = Talk(at=NOW - timedelta(minutes=minutes)).exchange().ask_person()
        Conversation.objects.filter(pk=talk.row.pk).update(waiting_since=talk.at)
    helped = Talk(at=NOW - timedelta(hours=2)).exchange().ask_person().after(minutes=3)
    helped.say(Author.AGENT)
    agent = make_user("camille", "conversations.answer_conversation")
    conversation_take(conversation_id=helped.row.pk, actor=agent)
    Talk(channel="voice", at=NOW - timedelta(hours=1)).call(waits_s=700, talks_s=None)
    waits = Talk(channel="voice", at=NOW - timedelta(minutes=2))
    Call.objects.create(
        provider_id=str(uuid.uuid4()), conversation=waits.row, state="waiting", from_seq=0,
        heard_seq=0, queued_at=waits.at,
    )  # fmt: skip
    Report.objects.update(created_at=NOW - timedelta(hours=3))


def test_the_wall_counts_what_straight_sql_counts(day: None) -> None:
    wall = wallboard(now=NOW)
    assert wall.waiting == _sql(_WAITING) == 3
    assert wall.in_progress == _sql(_IN_PROGRESS) == 1
    assert wall.agents_busy == 1
    assert wall.longest_wait == timedelta(minutes=40) - timedelta(seconds=5)  # after the answer
    # Those who have waited for less than ten minutes have their time still.
    assert wall.asked == _sql(_ASKED) - 1 == 3
    assert wall.answered_in_time == 1
    assert wall.service_level == pytest.approx(100 / 3)
    for shown in (wall.channels, wall.categories):
        assert sum(count for _, count in shown) == _sql(_TODAY) == 1


def test_the_cost_is_what_straight_sql_adds_up() -> None:
    Talk().exchange()
    Talk().exchange().ask_person().say(Author.AGENT)
    Talk().exchange()
    episodes_update(now=MONDAY + timedelta(days=9))
    period = Period(MONDAY.date(), MONDAY.date())
    cents = costs_now()
    total = sum(one.total_cents for one in cost_lines(table(MEASURES["handled_by"], period)))
    assert total == _sql(_COST, cents["both"], cents["bot"]) > 0
