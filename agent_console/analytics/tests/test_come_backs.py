"""Who comes back, by whichever channel, and what was settled at the first contact."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.analytics.measures import MEASURES
from agent_console.analytics.models import Episode
from agent_console.analytics.periods import Period
from agent_console.analytics.selectors import episodes_of, table
from agent_console.analytics.services import analytics_rebuild, episodes_update
from agent_console.calls_desk.models import Call
from agent_console.citizens.models import ContactPoint, Resident
from agent_console.reports.models import Report

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=60)
FIRST_DAY = Period(MONDAY.date(), MONDAY.date())
NUMBER = b"7" * 32
# Over what was said, not over episodes: each conversation here is one contact.
_CAME_BACK = """
WITH said AS (
  SELECT p.resident_id, min(m.created_at) AS first, max(m.created_at) AS last
  FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
  JOIN citizens_contactpoint p ON p.id = c.contact_point_id GROUP BY c.id, p.resident_id
)
SELECT count(*) FROM said one WHERE EXISTS (
  SELECT FROM said again WHERE again.resident_id = one.resident_id AND again.first > one.first
    AND again.first <= one.last + interval '7 days'
)
"""


def _counts(code: str, period: Period = FIRST_DAY) -> dict[str, int]:
    return {line.key: line.count for line in table(MEASURES[code], period).lines}


def test_who_comes_back_within_seven_days_was_not_durably_contained() -> None:
    Talk().exchange().after(days=6).exchange()
    Talk().exchange().after(days=8).exchange()
    episodes_update(now=MONDAY + timedelta(days=30))
    assert _counts("durable") == _counts("first_contact") == {"yes": 1, "came_back": 1}
    assert _counts("contained") == {"yes": 2}


def test_the_same_resident_by_another_channel_came_back_and_a_stranger_did_not() -> None:
    resident = Resident.objects.create()
    Talk().exchange().of(resident)
    Talk(channel="sms", at=MONDAY + timedelta(days=6)).exchange().of(resident)
    Talk(channel="telegram", at=MONDAY + timedelta(days=15)).exchange().of(resident)
    Talk(at=MONDAY).exchange()
    Talk(channel="sms", at=MONDAY + timedelta(days=1)).exchange()
    episodes_update(now=LATER)
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BACK)
        (expected,) = cursor.fetchone()
    month = Period(MONDAY.date(), MONDAY.date() + timedelta(days=30))
    assert _counts("first_contact", month)["came_back"] == expected == 1
    assert episodes_of(MEASURES["first_contact"], "came_back", month).get().channel == "web"
    assert _counts("durable", month) == {"yes": 4, "came_back": 1}


def test_links_and_merges_of_today_join_contacts_of_before_and_part_them_again() -> None:
    kept, merged = Resident.objects.create(), Resident.objects.create()
    first = Talk().exchange().of(kept)
    Talk(channel="sms", at=MONDAY + timedelta(days=2)).exchange().of(merged)
    episodes_update(now=LATER)
    assert _counts("durable") == {"yes": 1}
    Resident.objects.filter(pk=merged.pk).update(merged_into=kept)
    episodes_update(now=LATER)
    assert _counts("durable") == {"came_back": 1}
    analytics_rebuild(now=LATER)
    assert _counts("durable") == {"came_back": 1}
    first.of(None)
    episodes_update(now=LATER)
    assert _counts("durable") == {"yes": 1}


def test_calls_are_one_persons_by_their_number_and_withheld_ones_nobodys(
    report: Report, django_user_model: type[User]
) -> None:
    agent = django_user_model.objects.create_user("camille")

    def call(days: int, number: bytes | None) -> None:
        at = MONDAY + timedelta(days=days)
        Call.objects.create(
            agent=agent, number_kind="given" if number else "withheld", number_digest=number,
            number_sealed=number, started_at=at, talked_until=at, ended_at=at,
            wrap_code="information",
        )  # fmt: skip

    call(0, NUMBER)
    call(1, NUMBER)
    call(1, None)
    call(2, None)
    Report.objects.update(channel="phone", conversation=None, created_at=MONDAY + timedelta(days=7))
    episodes_update(now=LATER)
    week = Period(MONDAY.date(), MONDAY.date() + timedelta(days=9))
    assert _counts("first_contact", week) == {"yes": 2, "came_back": 1}

    # The number's holder becomes known, and with them what else they asked for.
    resident = Resident.objects.create()
    ContactPoint.objects.create(kind="sms", key_digest=NUMBER, resident=resident)
    Report.objects.update(resident=resident)
    episodes_update(now=LATER)
    assert _counts("first_contact", week) == {"yes": 1, "came_back": 2}
    assert set(Episode.objects.values_list("person", flat=True)) == {resident.pk, None}


def test_who_was_not_answered_was_not_settled_and_an_emergency_is_not_counted() -> None:
    Talk().exchange().ask_person()
    Talk().exchange(form="report_form")
    Talk().exchange().alarm()
    episodes_update(now=LATER)
    assert _counts("first_contact") == {"no": 2}
