"""What was given for which behaviour on each day: the journal's entries by the rule they are of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from wallet_service.ledger.domain import EntryKind
from wallet_service.ledger.movements import days_between

_GIVING = (EntryKind.REWARD_POSTED, EntryKind.REWARD_GRANTED)
# An entry that gives has its reward as its subject, and gives all of the reward's points.
_BY_RULE = """
SELECT (entry.created_at AT TIME ZONE 'Europe/Paris')::date, reward.rule_code, count(*),
       sum(reward.points)
  FROM ledger_journalentry AS entry
  JOIN rewards_reward AS reward ON reward.id = entry.subject
 WHERE entry.id >= %(floor)s AND entry.id < %(ceiling)s AND entry.kind = ANY(%(kinds)s::text[])
   AND entry.created_at >= %(since)s AND entry.created_at < %(until)s
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class DayGiving:
    """How many rewards of a rule were posted on a day (Europe/Paris), and their points."""

    day: date
    rule: str
    entries: int
    points: int


def given_by_rule(*, since: date, until: date) -> list[DayGiving]:
    """Rewards of the days from ``since`` to before ``until``, in order of days and rules.

    What was taken back later was given nevertheless: it is among the movements of another day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_RULE, {"kinds": [str(kind) for kind in _GIVING], **days_between(since, until)}
        )
        return [
            DayGiving(day, rule, entries, int(points))
            for day, rule, entries, points in cursor.fetchall()
        ]
