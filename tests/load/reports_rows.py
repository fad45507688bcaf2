"""A year of reports by the thousand or the million, written by PostgreSQL itself.

Only what lists read: who, what and where by the same shares whatever the count, so that a filter
finds the same part of it.  (``simulate`` makes a believable city; this makes a large table.)
"""

from __future__ import annotations

_CHUNK = 100_000
_NEWEST = 50
# Communes by population; a category is the likelier the earlier it stands in the list; three per
# cent are letters and the like; a report closes after three days on average, one in 100 never.
_REPORTS = """
INSERT INTO reports_report (
    id, reference, category_id, commune_id, address, place, postcode, latitude, longitude,
    description, answers, channel, on_behalf, assigned_to_id, state, body_id, due_at, closed_at,
    intake_key, intake_sha256, created_at, updated_at)
SELECT gen_random_uuid(), lpad(n::text, 9, '0'), category.code, commune.insee,
       '12 rue des Oliviers', '', '', commune.latitude + drawn.north,
       commune.longitude + drawn.east,
       'Un tas de gravats devant l’école', '{}',
       CASE WHEN drawn.way < 0.8 THEN 'phone' WHEN drawn.way < 0.97 THEN 'web' ELSE 'letter' END,
       'self', category.service_id,
       CASE WHEN drawn.closing IS NULL OR drawn.at + drawn.closing > now()
            THEN (ARRAY['received', 'qualified', 'assigned', 'in_progress'])
                 [1 + floor(drawn.fate * 4)]
            ELSE (ARRAY['resolved', 'resolved', 'resolved', 'rejected', 'duplicate'])
                 [1 + floor(drawn.fate * 5)]
       END,
       'metropole', drawn.at + interval '3 days',
       CASE WHEN drawn.at + drawn.closing <= now() THEN drawn.at + drawn.closing END,
       'load:' || n, sha256(n::text::bytea), drawn.at,
       LEAST(drawn.at + COALESCE(drawn.closing, interval '1 hour'), now())
  FROM (
    SELECT n, now() - interval '365 days' * (%(count)s - n)::float / %(count)s AS at,
           random() * %(people)s AS person, power(random(), 2) AS rank, random() AS way,
           random() AS fate, random_normal(0, 0.01) AS north, random_normal(0, 0.01) AS east,
           CASE WHEN random() > 0.01 THEN interval '3 days' * -ln(1 - random()) END AS closing
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS drawn,
  LATERAL (SELECT * FROM load_commune WHERE upto > drawn.person ORDER BY upto LIMIT 1) AS commune,
  LATERAL (SELECT * FROM load_category
            WHERE position = floor(drawn.rank * %(categories)s)) AS category
"""
_COMMUNES = """
CREATE TEMPORARY TABLE load_commune AS
SELECT insee, sum(population) OVER (ORDER BY insee) AS upto,
       43.2 + (('x' || substr(md5(insee), 1, 6))::bit(24)::int %% 600) / 1000.0 AS latitude,
       4.8 + (('x' || substr(md5(insee), 7, 6))::bit(24)::int %% 900) / 1000.0 AS longitude
  FROM places_commune WHERE insee <> '13055';
UPDATE load_commune SET latitude = 43.297, longitude = 5.385 WHERE insee LIKE '132%%';
CREATE INDEX ON load_commune (upto);
CREATE TEMPORARY TABLE load_category AS
SELECT code, service_id, row_number() OVER (ORDER BY
         CASE code WHEN 'illegal_dumping' THEN 0 WHEN 'manhole_cover' THEN 2 ELSE 1 END, code) - 1
       AS position
  FROM reports_category;
CREATE INDEX ON load_category (position);
ANALYZE load_commune, load_category;
"""
_HISTORY = """
INSERT INTO reports_transition (report_id, from_state, to_state, action, reason_code, reason, at)
SELECT id, '', 'received', '', '', '', created_at FROM reports_report
 ORDER BY created_at DESC LIMIT 1000
"""


def fill(count: int) -> None:
    """Write ``count`` reports, the newest with references that can be asked for."""
    from django.db import connection

    from agent_console.places.models import Commune
    from agent_console.references import checked
    from agent_console.reports.models import Category, Report

    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_COMMUNES, [])
        cursor.execute("SELECT max(upto) FROM load_commune")
        (people,) = cursor.fetchone()
        for first in range(1, count + 1, _CHUNK):
            cursor.execute(
                _REPORTS,
                {
                    "count": count,
                    "first": first,
                    "last": min(first + _CHUNK - 1, count),
                    "people": people,
                    "categories": Category.objects.count(),
                },
            )
        cursor.execute(_HISTORY)
    assert Commune.objects.exists()
    assert Report.objects.count() == count
    for number, report in enumerate(Report.objects.order_by("-created_at")[:_NEWEST]):
        Report.objects.filter(pk=report.pk).update(reference=checked(f"{80_000_000 + number}"))
