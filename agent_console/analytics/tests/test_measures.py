"""Each measure against straight SQL over what was said, not over episodes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.analytics.costs import cost_lines, costs_change, costs_now
from agent_console.analytics.export import MARK, csv_of
from agent_console.analytics.measures import MEASURES
from agent_console.analytics.periods import Period
from agent_console.analytics.selectors import (
    episodes_of,
    sentences_missed,
    table,
    ways_over_time,
)
from agent_console.analytics.services import episodes_update
from agent_console.analytics.views.overview import SHOWN
from agent_console.calls_desk.models import Call
from agent_console.conversations.desk.models import WaitingReason
from agent_console.conversations.models import Author, Conversation
from agent_console.reports.models import Report

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
PERIOD = Period(MONDAY.date(), MONDAY.date() + timedelta(days=6))
_TALKS = "SELECT count(*) FROM conversations_conversation c WHERE "
_BY_BOT = """EXISTS (SELECT FROM conversations_message m
  WHERE m.conversation_id = c.id AND m.author = 'bot')"""
_BY_AGENT = """EXISTS (SELECT FROM conversations_message m
  WHERE m.conversation_id = c.id AND m.author = 'agent')"""
_ASKED = "EXISTS (SELECT FROM conversations_deskentry d WHERE d.conversation_id = c.id)"
_ANSWERED = f"({_BY_BOT} AND NOT {_ASKED} OR {_BY_AGENT})"
_ALARMED = "EXISTS (SELECT FROM conversations_alert a WHERE a.conversation_id = c.id)"
_HALF_MADE = """EXISTS (SELECT FROM conversations_turn t
  WHERE t.conversation_id = c.id AND t.form <> '')"""
_LEFT_TO_BOT = f"{_BY_BOT} AND NOT {_ASKED} AND NOT {_ALARMED} AND NOT {_HALF_MADE}"
_SETTLED = f"{_ANSWERED} AND NOT {_ALARMED} AND NOT {_HALF_MADE}"
_KNOWN = "SELECT count(*) FROM reports_report WHERE resident_id IS NOT NULL"
_MISSED_ONCE = """(SELECT count(*) FROM conversations_turn t
  WHERE t.conversation_id = c.id AND t.intent = 'nlu_fallback') = 1"""
_QUEUED = "SELECT count(*) FROM calls_call WHERE queued_at IS NOT NULL AND "
_CALLED = "EXISTS (SELECT FROM calls_call k WHERE k.conversation_id = c.id)"
_RATED = """SELECT count(*) FROM conversations_satisfactionquestion q
  JOIN conversations_conversation c ON c.id = q.conversation_id WHERE """
_BY_PHONE = """SELECT (SELECT count(*) FROM calls_desk_call)
  + (SELECT count(*) FROM reports_report)"""
_BY_VOICE_TOO = """SELECT (SELECT count(*) FROM calls_desk_call)
  + (SELECT count(*) FROM reports_report) + (SELECT count(*) FROM calls_call)"""
_AT_13 = """SELECT count(*) FROM (SELECT DISTINCT ON (conversation_id) created_at
  FROM conversations_message ORDER BY conversation_id, seq) f
  WHERE extract(hour FROM created_at AT TIME ZONE 'Europe/Paris') = 13"""
_NOT_UNDERSTOOD = """SELECT count(*) FROM conversations_deskentry
  WHERE text = 'n’a pas été comprise'"""
_LENGTH = """SELECT avg(s) FROM (SELECT extract(epoch FROM max(created_at) - min(created_at)) AS s
  FROM conversations_message WHERE author <> 'system'
  GROUP BY conversation_id HAVING bool_or(author = 'agent')) q"""


_ALL = f"SELECT ({_TALKS} true) + ({_BY_PHONE})"
_NOTED = "SELECT count(*) FROM calls_desk_call"
# What the shares of each measure are of.
_POPULATIONS = {
    **dict.fromkeys(("channel", "way", "hour", "commune", "outcome", "handled_by"), _ALL),
    **dict.fromkeys(("contained", "durable", "fallback"), _TALKS + "true"),
    "first_contact": f"SELECT ({_TALKS} NOT {_ALARMED}) + ({_KNOWN})",
    **dict.fromkeys(("csat", "csat_channel"), _RATED + "q.score IS NOT NULL"),
    "csat_response": _RATED + "true",
    "hand_over": f"{_TALKS} {_ASKED} OR {_CALLED}",
    "answer": f"{_TALKS} {_BY_BOT} OR {_BY_AGENT}",
    **dict.fromkeys(("wait", "speed"), f"{_TALKS} {_ASKED} AND {_BY_AGENT}"),
    "service_calls": _QUEUED + "true",
    "service_written": _TALKS + _ASKED,
    "attended": f"SELECT ({_TALKS} {_BY_AGENT}) + ({_NOTED})",
    "handle": f"SELECT ({_TALKS} true) + ({_NOTED})",
}


@pytest.fixture
def week(report: Report, django_user_model: type[User]) -> Report:
    """Seven conversations of one episode each, a noted call and a phone report."""
    Report.objects.update(channel="phone", conversation=None, created_at=MONDAY)
    Conversation.objects.all().delete()  # the report came by telephone, nobody wrote
    Talk().exchange().exchange("thanks").rate(5)
    Talk(channel="sms", at=MONDAY + timedelta(hours=3)).exchange("nlu_fallback").exchange().rate(2)
    helped = Talk().exchange("nlu_fallback").ask_person(WaitingReason.NOT_UNDERSTOOD)
    helped.after(minutes=4).say(Author.AGENT).rate(None)
    Talk(channel="telegram").exchange().ask_person().after(minutes=40)
    Talk().exchange(form="report_form")
    Talk().exchange().alarm()
    Talk(channel="voice", at=MONDAY + timedelta(days=1)).say(Author.CITIZEN).call(
        waits_s=90, talks_s=None
    )
    agent = django_user_model.objects.create_user("camille")
    Call.objects.create(
        agent=agent, number_kind="withheld", started_at=MONDAY,
        talked_until=MONDAY, ended_at=MONDAY + timedelta(minutes=5), wrap_code="information",
    )  # fmt: skip
    episodes_update(now=MONDAY + timedelta(days=9))
    return report


def _sql(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("code", "key", "statement"),
    [
        ("channel", "sms", _TALKS + "c.channel = 'sms'"),
        ("channel", "phone", _BY_PHONE),
        ("way", "phone", _BY_VOICE_TOO),
        ("way", "digital", _TALKS + _BY_BOT),
        ("hour", "13", _AT_13),
        ("commune", "13055", "SELECT count(*) FROM reports_report WHERE commune_id = '13055'"),
        ("outcome", "abandoned", f"{_TALKS} ({_ASKED} OR {_CALLED}) AND NOT {_BY_AGENT}"),
        ("outcome", "emergency", "SELECT count(*) FROM conversations_alert"),
        ("outcome", "unfinished", _TALKS + _HALF_MADE),
        ("handled_by", "both", f"{_TALKS} {_BY_AGENT} AND {_BY_BOT}"),
        ("contained", "yes", _TALKS + _LEFT_TO_BOT),
        ("durable", "yes", _TALKS + _LEFT_TO_BOT),
        ("first_contact", "yes", f"SELECT ({_TALKS} {_SETTLED}) + ({_KNOWN})"),
        ("first_contact", "no", f"{_TALKS} NOT {_ANSWERED} OR {_HALF_MADE}"),
        ("csat", "5", _RATED + "q.score = 5"),
        ("csat_channel", "web_high", _RATED + "c.channel = 'web' AND q.score >= 4"),
        ("csat_response", "web_no", _RATED + "c.channel = 'web' AND q.score IS NULL"),
        ("csat_response", "sms_yes", _RATED + "c.channel = 'sms' AND q.score IS NOT NULL"),
        ("csat_channel", "sms_low", _RATED + "c.channel = 'sms' AND q.score < 4"),
        ("hand_over", "not_understood", _NOT_UNDERSTOOD),
        ("fallback", "1", _TALKS + _MISSED_ONCE),
        ("answer", "10s", _TALKS + _BY_BOT),
        ("wait", "300s", f"{_TALKS} {_ASKED} AND {_BY_AGENT}"),
        ("speed", "written", f"{_TALKS} {_ASKED} AND {_BY_AGENT}"),
        ("service_calls", "gone", _QUEUED + "connected_at IS NULL"),
        ("service_written", "gone", f"{_TALKS} {_ASKED} AND NOT {_BY_AGENT}"),
        ("service_written", "in_time", f"{_TALKS} {_ASKED} AND {_BY_AGENT}"),
        ("attended", "web", _TALKS + _BY_AGENT),
        ("handle", "both", _TALKS + _BY_AGENT),
    ],
)
def test_a_number_is_what_straight_sql_counts_and_what_its_list_holds(
    week: Report, code: str, key: str, statement: str
) -> None:
    line = table(MEASURES[code], PERIOD).line(key)
    assert line is not None
    assert line.count == _sql(statement)
    assert episodes_of(MEASURES[code], key, PERIOD).count() == _sql(statement)
    assert _sql(statement) > 0


@pytest.mark.parametrize("code", SHOWN)
def test_the_total_of_every_measure_is_what_straight_sql_counts(week: Report, code: str) -> None:
    assert table(MEASURES[code], PERIOD).population == _sql(_POPULATIONS[code]) > 0


def test_sums_and_means_are_those_of_straight_sql(week: Report) -> None:
    missed = "SELECT count(*) FROM conversations_turn WHERE intent = 'nlu_fallback'"
    fallback = table(MEASURES["fallback"], PERIOD)
    assert sum(line.total for line in fallback.lines) == _sql(missed) == 2
    assert sentences_missed(PERIOD, limit=9).count() == _sql(missed)
    handled = table(MEASURES["handle"], PERIOD).line("both")
    assert handled is not None
    assert handled.mean == _sql(_LENGTH) == 245
    waited = table(MEASURES["wait"], PERIOD).line("300s")
    assert waited is not None
    assert waited.mean == 240


def test_shares_of_every_measure_add_up(week: Report) -> None:
    for code in SHOWN:
        lines = table(MEASURES[code], PERIOD).lines
        assert lines, code
        assert sum(line.share or 0 for line in lines) == pytest.approx(100), code
    assert table(MEASURES["outcome"], PERIOD).population == 9


def test_the_period_before_stands_beside(week: Report) -> None:
    after = Period(PERIOD.last + timedelta(days=1), PERIOD.last + timedelta(days=7))
    line = table(MEASURES["outcome"], after).line("bot")
    assert line is not None
    assert (line.count, line.before, line.share) == (0, 2, None)
    assert line.share_before == pytest.approx(200 / 9)
    (step,) = ways_over_time(PERIOD)
    assert (step.phone, step.digital, step.other) == (3, 6, 0)
    assert step.digital_share == pytest.approx(200 / 3)


def test_costs_are_counts_times_the_newest_unit_costs(week: Report, make_user: Any) -> None:
    nadia = make_user("nadia", "analytics.change_costs")
    costs_change(actor=nadia, cents={"phone": 700, "bot": 10})
    costs_change(actor=nadia, cents={"phone": 650, "bot": 10})
    assert costs_now()["phone"] == 650
    found = {one.key: one.total_cents for one in cost_lines(table(MEASURES["handled_by"], PERIOD))}
    assert found == {
        "phone": 2 * 650, "bot": 5 * 10, "both": costs_now()["both"], "nobody": 0,
    }  # fmt: skip


def test_the_export_opens_in_a_french_spreadsheet(week: Report) -> None:
    lines = csv_of(table(MEASURES["outcome"], PERIOD), PERIOD).split("\r\n")
    assert lines[0].startswith(f"{MARK}Mesure;Du;Au;Valeur;Contacts;Part (%)")
    assert "Issue des contacts;02/03/2026;08/03/2026;Démarche non terminée;1;11,11;0" in lines
