"""Totals by day that come from neither episodes nor the wallet: reports, and sorted glass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Max

from agent_console.french_days import PARIS

from ..locking import totals_lock
from ..measures import WAY_LABELS, Measure, way_of
from ..models import DailyTotal

_AGAIN = timedelta(days=2)  # what was being written while a day was counted is there by then
_BEGINNING = date(2020, 1, 1)  # before the service began
REPORTS = Measure("reports", "Signalements", way_of("reports_report.channel"), WAY_LABELS)
DEPOSITS = Measure("deposits", "Dépôts de verre", "NULL", {}, total_title="Objets")
UNKNOWN_COMMUNE = ""

_REPORTS = f"""
INSERT INTO analytics_dailytotal (day, measure, key, count, total)
SELECT (created_at AT TIME ZONE 'Europe/Paris')::date, %(measure)s, {REPORTS.key}, count(*), 0
FROM reports_report WHERE created_at >= %(since)s GROUP BY 1, 3
"""  # noqa: S608 (the expression is ours)
# A site stands where a supervisor said last, else where the only facilities of that name stand.
# Arrondissements count for their commune.
_DEPOSITS = """
WITH said AS (
  SELECT DISTINCT ON (site) site, commune_id FROM analytics_sitecommune ORDER BY site, id DESC
), known AS (
  SELECT site, min(commune_id) AS commune_id FROM (
    SELECT external_id AS site, commune_id FROM facilities_facility
    UNION SELECT name, commune_id FROM facilities_facility
  ) named GROUP BY site HAVING count(DISTINCT commune_id) = 1
), placed AS (
  SELECT * FROM said
  UNION ALL SELECT * FROM known WHERE NOT EXISTS (SELECT FROM said WHERE said.site = known.site)
)
INSERT INTO analytics_dailytotal (day, measure, key, count, total)
SELECT (d.happened_at AT TIME ZONE 'Europe/Paris')::date, %(measure)s,
  coalesce(c.parent_id, c.insee, ''), count(*), sum(d.items)
FROM collectors_deposit d
LEFT JOIN placed ON placed.site = d.site AND d.site <> ''
LEFT JOIN places_commune c ON c.insee = placed.commune_id
GROUP BY 1, 3
"""


@transaction.atomic
def reports_count(*, whole: bool = False) -> None:
    """Count the newest days again, or every day; ONE transaction."""
    totals_lock()
    known = DailyTotal.objects.filter(measure=REPORTS.code)
    newest = None if whole else known.aggregate(day=Max("day"))["day"]
    since = newest - _AGAIN if newest else _BEGINNING
    (known.filter(day__gte=since) if newest else known).delete()
    midnight = datetime.combine(since, time.min, tzinfo=PARIS)
    _execute(_REPORTS, {"measure": REPORTS.code, "since": midnight})


@transaction.atomic
def deposits_count() -> None:
    """Count every deposit again; ONE transaction.

    All of them each time: they come up to a year late, and a site that gets its commune takes all
    of its deposits there.
    """
    totals_lock()
    DailyTotal.objects.filter(measure=DEPOSITS.code).delete()
    _execute(_DEPOSITS, {"measure": DEPOSITS.code})


def _execute(statement: str, parameters: Mapping[str, str | datetime]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
