"""Making episodes and their totals.  Each public function says which transaction it is.

Whoever writes holds ``totals_lock`` until the commit.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.conversations.desk.models import WaitingReason
from agent_console.conversations.satisfaction import PREFIX
from agent_console.masking.text import masked_beyond_street

from .episode_sql import CALLS, COME_BACKS, PERSONS, REPORTS, TALKS
from .locking import totals_lock
from .measures import MEASURES
from .models import DailyTotal, MissedSentence

SILENCE = timedelta(hours=24)
TALKS_AT_ONCE = 500
ROWS_AT_ONCE = 5000
_FIRST = uuid.UUID(int=0)

# Conversations in which something was said since their mark, and whether everybody but the service
# has been silent since: only then is the mark set.
_DUE = """
SELECT c.id, c.last_seq, NOT EXISTS (
  SELECT FROM conversations_message m WHERE m.conversation_id = c.id
    AND m.seq > coalesce(k.seq, 0) AND m.author <> 'system' AND m.created_at > %s
) FROM conversations_conversation c
LEFT JOIN analytics_talkmark k ON k.conversation_id = c.id
WHERE c.last_seq > coalesce(k.seq, 0) AND c.id > %s
ORDER BY c.id LIMIT %s
"""
_MARK = """
INSERT INTO analytics_talkmark (conversation_id, seq)
SELECT * FROM unnest(%s::uuid[], %s::bigint[])
ON CONFLICT (conversation_id) DO UPDATE SET seq = excluded.seq
"""
# What was said before the oldest message that is still there stays counted: messages are let go
# after their time, and with a person who asks for it, while their number remains.
_FORGET = """
DELETE FROM analytics_episode e WHERE e.conversation_id = ANY(%s) AND e.first_seq >= (
  SELECT min(m.seq) FROM conversations_message m
  WHERE m.conversation_id = e.conversation_id
) RETURNING e.day
"""
_TOTALS = """
INSERT INTO analytics_dailytotal (day, measure, key, count, total)
SELECT day, v.measure, v.key, count(*), coalesce(sum(v.total), 0)
FROM analytics_episode CROSS JOIN LATERAL (VALUES {values}) v (measure, key, total)
WHERE day = ANY(%s) AND v.key IS NOT NULL
GROUP BY 1, 2, 3
""".format(values=", ".join(f"('{one.code}', {one.key}, {one.total})" for one in MEASURES.values()))
# How the assistant says that it did not understand.
MISSED_INTENTS = ("nlu_fallback", "out_of_scope")
_MISSED = """
SELECT m.id, m.text, e.day FROM analytics_episode e
JOIN conversations_turn t ON t.conversation_id = e.conversation_id
JOIN conversations_message m ON m.id = t.message_id
WHERE e.conversation_id = ANY(%s) AND e.fallbacks > 0
  AND t.intent = ANY(%s)
  AND m.created_at BETWEEN e.started_at AND e.ended_at AND m.text <> ''
  AND NOT EXISTS (SELECT FROM analytics_missedsentence s WHERE s.message_id = m.id)
ORDER BY m.id
"""


def episodes_update(*, now: datetime) -> int:
    """Take in what ended since the last run; returns how many sources were looked at.

    ONE transaction for each chunk: episodes, the conversations' marks, and the totals of every day
    that they touch.  After a crash a chunk is there with all of it, or is due again.  A last one
    holds who came back, on whichever channel, and the totals of the days that it changes.
    """
    done, after = 0, _FIRST
    while due := _talks_chunk(now, after):
        done, after = done + len(due), due[-1]
    for statement in (CALLS, REPORTS):
        while (count := _rows_chunk(statement)) > 0:
            done += count
    _come_backs()
    return done


@transaction.atomic
def analytics_rebuild(*, now: datetime) -> None:
    """Make every episode and total again, as if nothing had been counted.

    ONE transaction: pages show the old numbers until the new ones are all there.  Episodes whose
    messages were let go since stay as they were counted.
    """
    totals_lock()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_episode WHERE conversation_id IS NULL")
        cursor.execute("DELETE FROM analytics_talkmark")
    episodes_update(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT day FROM analytics_episode")
        days = [row[0] for row in cursor.fetchall()]
    _counted().exclude(day__in=days).delete()
    _totals(days)


@transaction.atomic
def day_recount(*, day: date) -> None:
    """Make a day's totals again, in the transaction that took one of its episodes away."""
    totals_lock()
    _totals([day])


@transaction.atomic
def _talks_chunk(now: datetime, after: uuid.UUID) -> list[uuid.UUID]:
    totals_lock()
    with connection.cursor() as cursor:
        # What is said after this statement has a higher number than the mark: it is due again.
        cursor.execute(_DUE, [now - SILENCE, after, TALKS_AT_ONCE])
        due: list[tuple[uuid.UUID, int, bool]] = cursor.fetchall()
        talks = [talk for talk, _, _ in due]
        cursor.execute(_FORGET, [talks])
        days = {row[0] for row in cursor.fetchall()}
        cursor.execute(TALKS, _parameters(talks, now))
        days |= {row[0] for row in cursor.fetchall()}
        silent = [(talk, seq) for talk, seq, is_silent in due if is_silent]
        cursor.execute(_MARK, [[talk for talk, _ in silent], [seq for _, seq in silent]])
    _missed_note(talks)
    _totals(days)
    return talks


@transaction.atomic
def _rows_chunk(statement: str) -> int:
    totals_lock()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"limit": ROWS_AT_ONCE})
        days = [row[0] for row in cursor.fetchall()]
    _totals(set(days))
    return len(days)


@transaction.atomic
def _come_backs() -> None:
    """Looks at every episode: a link or a merge of today joins contacts of any day."""
    totals_lock()
    with connection.cursor() as cursor:
        cursor.execute(PERSONS, {"number_kinds": [str(kind) for kind in NUMBER_KINDS]})
        days = {row[0] for row in cursor.fetchall()}
        cursor.execute(COME_BACKS)
        days |= {row[0] for row in cursor.fetchall()}
    _totals(days)


def _parameters(talks: Sequence[uuid.UUID], now: datetime) -> dict[str, Any]:
    return {
        "talks": list(talks),
        "now": now,
        "silence": SILENCE,
        "rated": PREFIX,
        "asked": WaitingReason.ASKED.label,
        "not_understood": WaitingReason.NOT_UNDERSTOOD.label,
    }


def _totals(days: Iterable[date]) -> None:
    wanted = sorted(days)
    _counted().filter(day__in=wanted).delete()
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [wanted])


def _counted() -> QuerySet[DailyTotal]:
    """Totals of episodes: others are kept beside them."""
    return DailyTotal.objects.filter(measure__in=MEASURES)


def _missed_note(talks: Sequence[uuid.UUID]) -> None:
    """Keep what was not understood, masked: the language model runs here, never in a page."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, [list(talks), list(MISSED_INTENTS)])
        rows = cursor.fetchall()
    MissedSentence.objects.bulk_create(
        MissedSentence(message_id=number, episode_day=day, text=masked_beyond_street(text).text)
        for number, text, day in rows
    )
