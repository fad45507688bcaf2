"""Satisfaction: what was said when people were asked, beside straight SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from agent_console.analytics.export import csv_of
from agent_console.analytics.measures import MEASURES
from agent_console.analytics.models import DailyTotal, Episode
from agent_console.analytics.periods import Period
from agent_console.analytics.selectors import (
    Satisfaction,
    episodes_of,
    satisfaction_of,
    table,
)
from agent_console.analytics.services import analytics_rebuild, episodes_update
from agent_console.conversations.models import Author

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
DAY = Period(MONDAY.date(), MONDAY.date())
LATER = MONDAY + timedelta(days=60)
_BY_CHANNEL = """
SELECT c.channel, count(*), count(q.score), count(*) FILTER (WHERE q.score >= 4), avg(q.score)
FROM conversations_satisfactionquestion q
JOIN conversations_conversation c ON c.id = q.conversation_id GROUP BY 1
"""


def _shown() -> list[Satisfaction]:
    return satisfaction_of(
        table(MEASURES["csat_channel"], DAY), table(MEASURES["csat_response"], DAY)
    )


def test_rates_and_means_by_channel_are_those_of_straight_sql_and_of_a_rebuild() -> None:
    for channel, scores in {"web": [5, 4, 1, None, None], "sms": [3, None], "telegram": []}.items():
        for score in scores:
            Talk(channel=channel).exchange().rate(score)
    Talk().exchange()  # not asked
    episodes_update(now=LATER)
    with connection.cursor() as cursor:
        cursor.execute(_BY_CHANNEL)
        expected = {row[0]: row[1:] for row in cursor.fetchall()}
    for _ in range(2):
        web, sms, whole = _shown()
        for found, channel in ((web, "web"), (sms, "sms")):
            asked, answered, high, mean = expected[channel]
            assert (found.asked, found.answered, found.high) == (asked, answered, high)
            assert found.mean == pytest.approx(float(mean))
        assert web.response_rate == 60
        assert web.satisfied_share == pytest.approx(200 / 3)
        assert (whole.asked, whole.answered, whole.mean) == (7, 4, 3.25)
        assert table(MEASURES["csat"], DAY).mean == whole.mean
        assert episodes_of(MEASURES["csat_response"], "web_no", DAY).count() == 2
        analytics_rebuild(now=LATER)


def test_an_answer_is_no_contact_and_lengthens_none() -> None:
    talk = Talk().exchange().rate(4, hours=40)  # two days after the last word
    episodes_update(now=LATER)
    episode = Episode.objects.get(conversation=talk.row)
    assert (episode.handle_s, episode.rating, episode.outcome) == (5, 4, "bot")


def test_an_answer_that_comes_after_the_counting_is_counted() -> None:
    talk = Talk().exchange().rate(None)
    episodes_update(now=MONDAY + timedelta(hours=25))
    assert Episode.objects.get().rating == 0
    question = talk.row.satisfaction_questions.get()
    talk.after(hours=30).say(Author.CITIZEN, "2", choice=f"satisfaction:{question.pk}:2")
    question.score, question.answered_at = 2, talk.at
    question.save()
    episodes_update(now=talk.at + timedelta(minutes=10))
    assert Episode.objects.get().rating == 2
    assert list(DailyTotal.objects.filter(measure="csat").values_list("key", "count", "total")) == [
        ("2", 1, 2)
    ]


def test_each_contact_has_the_question_that_was_asked_after_it() -> None:
    talk = Talk().exchange().rate(5).after(days=40).exchange().rate(1)
    talk.after(days=40).exchange()
    episodes_update(now=LATER + timedelta(days=60))
    ratings = Episode.objects.order_by("started_at").values_list("rating", flat=True)
    assert list(ratings) == [5, 1, None]


def test_the_export_has_the_sum_and_the_mean() -> None:
    for score in (5, 4):
        Talk().exchange().rate(score)
    episodes_update(now=LATER)
    head, first, *_ = csv_of(table(MEASURES["csat_channel"], DAY), DAY).split("\r\n")
    assert head.endswith(";Somme des notes;Moyenne")
    assert first.endswith("Site web, 4 ou 5;2;100,00;0;9;4,50")


def test_nobody_asked_is_said_as_nothing() -> None:
    Talk().exchange()
    episodes_update(now=LATER)
    assert _shown() == []
