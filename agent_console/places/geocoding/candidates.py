"""Streets that may be meant: PostgreSQL narrows (trigrams, keys), Python scores.

Indexes: ``places_street_core_trgm``, ``places_street_keys``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models.expressions import RawSQL

from ..models import Street
from .parsing import Reading, longer_readings, readings
from .scoring import accepted, score
from .words import StreetWords

_CANDIDATES_MAX = 80
# A key that more streets have tells nothing.
_PER_KEY_MAX = 400
# Key by key: asked for all at once the planner expects most of the table and reads all of it.
_LIKELY = """
SELECT id FROM places_street
WHERE core %% %s AND (%s::text[] IS NULL OR commune_id = ANY(%s::text[]))
UNION
SELECT found.id
FROM unnest(%s::text[]) AS asked (key)
CROSS JOIN LATERAL (
    SELECT id FROM places_street
    WHERE keys @> ARRAY[asked.key]::varchar[]
      AND (%s::text[] IS NULL OR commune_id = ANY(%s::text[]))
    LIMIT %s
) AS found
"""
# So good that no other spelling can be better.
_EXACT = 0.95


@dataclass(frozen=True)
class Match:
    """A street that fits a reading of what was said."""

    street: Street
    reading: Reading
    score: float


def matches(text: str, *, within: frozenset[str]) -> list[Match]:
    """Accepted streets, best first, each once with its best reading of ``text``.

    Names that are written as in the base are looked up first, which is cheap; only when there are
    none the names that look or sound alike.
    """
    said = readings(text)
    found = _scored([*said, *longer_readings(text)], within, exact=True)
    if found and found[0].score >= _EXACT:
        return found
    return _scored(said, within, exact=False)


def _scored(said: Iterable[Reading], within: frozenset[str], *, exact: bool) -> list[Match]:
    best: dict[int, Match] = {}
    for reading in said:
        for street in _candidates(reading, within, exact=exact):
            words = StreetWords(kind=street.kind, core=tuple(street.core.split()))
            value = score(reading, words)
            known = best.get(street.pk)
            if accepted(reading, value) and (known is None or value > known.score):
                best[street.pk] = Match(street, reading, value)
    return sorted(best.values(), key=lambda match: (-match.score, match.street.pk))


def _candidates(reading: Reading, within: frozenset[str], *, exact: bool) -> list[Street]:
    core = " ".join(reading.street.core)
    streets = Street.objects.select_related("commune")
    if within:
        streets = streets.filter(commune_id__in=within)
    if exact:
        return list(streets.filter(core=core)[:_CANDIDATES_MAX])
    codes = sorted(within) or None
    likely = RawSQL(  # noqa: S611  a constant with parameters
        _LIKELY,
        [core, codes, codes, reading.street.telling_keys, codes, codes, _PER_KEY_MAX],
    )
    near = TrigramSimilarity("core", core)
    return list(streets.filter(pk__in=likely).order_by(near.desc(), "pk")[:_CANDIDATES_MAX])
