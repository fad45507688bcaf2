"""Speed of answer, service level, abandonment, and the time of colleagues: beside straight SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from agent_console.analytics.measures import MEASURES
from agent_console.analytics.models import Episode
from agent_console.analytics.periods import Period
from agent_console.analytics.selectors import episodes_of, table
from agent_console.analytics.services import analytics_rebuild, episodes_update
from agent_console.calls.models import CallBack
from agent_console.conversations.desk.models import DeskEntry, EntryKind, WaitingReason
from agent_console.conversations.models import Author

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
DAY = Period(MONDAY.date(), MONDAY.date())
LATER = MONDAY + timedelta(days=60)
_CALLS = """
SELECT count(*) FILTER (WHERE connected_at - queued_at <= interval '10 minutes'),
  count(*) FILTER (WHERE connected_at - queued_at > interval '10 minutes'),
  count(*) FILTER (WHERE connected_at IS NULL),
  avg(extract(epoch FROM connected_at - queued_at)) FILTER (WHERE connected_at IS NOT NULL),
  avg(extract(epoch FROM ended_at - connected_at)) FILTER (WHERE connected_at IS NOT NULL)
FROM calls_call
"""


def _counts(code: str) -> dict[str, int]:
    return {line.key: line.count for line in table(MEASURES[code], DAY).lines}


def test_calls_are_answered_in_time_later_or_never_as_straight_sql_says() -> None:
    for waits_s, talks_s in ((30, 120), (600, 60), (601, 300), (45, None), (900, None)):
        Talk(channel="voice").exchange().call(waits_s=waits_s, talks_s=talks_s)
    Talk(channel="voice").exchange()  # asked for nobody
    episodes_update(now=LATER)
    with connection.cursor() as cursor:
        cursor.execute(_CALLS)
        in_time, late, gone, speed, talk = cursor.fetchone()
    for _ in range(2):
        assert _counts("service_calls") == {"in_time": in_time, "late": late, "gone": gone}
        answered = table(MEASURES["speed"], DAY).line("calls")
        assert answered is not None
        assert answered.count == in_time + late
        assert answered.mean == pytest.approx(float(speed))
        assert episodes_of(MEASURES["service_calls"], "gone", DAY).count() == gone == 2
        assert set(Episode.objects.filter(wait_s=None).values_list("outcome", flat=True)) == {
            "abandoned", "bot",
        }  # fmt: skip
        attended = table(MEASURES["attended"], DAY).line("voice")
        assert attended is not None
        assert (attended.count, attended.mean) == (3, talk)
        analytics_rebuild(now=LATER)
    assert _counts("service_written") == {}


def test_written_requests_are_answered_in_time_later_left_for_a_call_or_never() -> None:
    Talk().exchange().ask_person().after(minutes=10).say(Author.AGENT)
    Talk(channel="sms").exchange().ask_person(WaitingReason.NOT_UNDERSTOOD).after(minutes=11).say(
        Author.AGENT
    )
    Talk().exchange().ask_person()
    left = Talk().exchange().ask_person()
    back = CallBack.objects.create(
        contact_point=left.row.contact_point, number_digest=b"1" * 32, conversation=left.row,
        channel="web", reason="asked", call_from=left.at, request_key="k",
        request_digest=b"2" * 32,
    )  # fmt: skip
    CallBack.objects.filter(pk=back.pk).update(created_at=left.at)
    Talk().exchange().say(Author.AGENT)  # nobody asked
    episodes_update(now=LATER)
    expected = {"in_time": 1, "late": 1, "call_back": 1, "gone": 1}
    assert _counts("service_written") == expected
    asked = DeskEntry.objects.filter(kind=EntryKind.ASKED).count()
    assert table(MEASURES["service_written"], DAY).population == asked == 4
    assert _counts("service_calls") == {}
    analytics_rebuild(now=LATER)
    assert _counts("service_written") == expected


def test_a_colleagues_time_runs_from_taking_to_their_last_word() -> None:
    talk = Talk().exchange().ask_person().after(minutes=2)
    entry = DeskEntry.objects.create(conversation=talk.row, kind=EntryKind.TAKEN, after_seq=2)
    DeskEntry.objects.filter(pk=entry.pk).update(created_at=talk.at)
    talk.after(minutes=3).say(Author.AGENT).after(minutes=4).say(Author.AGENT)
    talk.after(minutes=30).exchange("thanks")  # the assistant's again
    untouched = Talk().exchange().ask_person()
    episodes_update(now=LATER)
    assert Episode.objects.get(conversation=talk.row).attended_s == 7 * 60
    assert Episode.objects.get(conversation=untouched.row).attended_s is None


def test_a_call_that_was_put_through_before_a_person_was_asked_for_did_not_wait() -> None:
    talk = Talk(channel="voice").exchange().call(waits_s=5, talks_s=60).exchange()
    talk.ask_person()
    episodes_update(now=LATER)
    assert Episode.objects.get().wait_s == 5
