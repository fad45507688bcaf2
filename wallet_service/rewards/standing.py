"""What opening rewards has to know, read after the locks that keep it true until the commit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from django.db import connection

from .domain import Channel
from .patterns import SAME_PLACE_WITHIN, Sightings, Signals
from .terms import Periods, RuleTerms, Usage

_STANDING = """
SELECT * FROM rewards_standing(
    %(locks)s::bigint[], %(wallets)s::uuid[], %(codes)s::text[], %(evidences)s::uuid[],
    %(at)s::timestamptz, %(day_from)s::timestamptz, %(day_until)s::timestamptz,
    %(month_from)s::timestamptz, %(month_until)s::timestamptz)
"""
_SIGHTINGS = """
SELECT NULL::uuid, digest, 1
  FROM unnest(%(photos)s::bytea[]) AS sent (digest)
 WHERE EXISTS (SELECT FROM rewards_rewardsignal AS seen
                WHERE seen.digest = sent.digest AND seen.kind = 'photo')
 UNION ALL
SELECT seen.wallet_id, seen.digest, count(*)
  FROM unnest(%(wallets)s::uuid[], %(places)s::bytea[]) AS sent (wallet, digest)
  JOIN rewards_rewardsignal AS seen
    ON seen.digest = sent.digest AND seen.wallet_id = sent.wallet AND seen.kind = 'place'
   AND seen.created_at > %(since)s
 GROUP BY seen.wallet_id, seen.digest
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A reward that somebody asks for; ``evidence`` is rewarded once per rule."""

    wallet_id: uuid.UUID
    rule_code: str
    evidence: uuid.UUID
    channel: Channel
    quantity: int = 1
    signals: Signals = field(default_factory=Signals)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one thing asked for stands; no ``rule_id`` means that no rule pays for it now."""

    rule_id: int | None
    terms: RuleTerms
    campaign_id: int | None
    wallet_known: bool
    evidence_taken: bool
    usage: Usage


def standings_lock_and_read(
    asked: Sequence[Asked], *, at: datetime, periods: Periods
) -> list[Standing]:
    """Lock what the rewards compete for, then read where each of them stands.

    The locks last until the commit: one per wallet and rule, for the caps; one per photo and per
    wallet and place, for what looks wrong.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "locks": _lock_keys(asked),
                "wallets": [one.wallet_id for one in asked],
                "codes": [one.rule_code for one in asked],
                "evidences": [one.evidence for one in asked],
                "at": at,
                "day_from": periods.day_from,
                "day_until": periods.day_until,
                "month_from": periods.month_from,
                "month_until": periods.month_until,
            },
        )
        rows = cursor.fetchall()
    return [_standing(*row) for row in rows]


def sightings_read(asked: Sequence[Asked], *, at: datetime) -> Sightings:
    """Which of these photos and places were seen before; no statement when none is sent."""
    sightings = Sightings()
    photos = {photo for one in asked for photo in one.signals.photos}
    places = {(one.wallet_id, one.signals.place) for one in asked if one.signals.place}
    if not photos and not places:
        return sightings
    with connection.cursor() as cursor:
        cursor.execute(
            _SIGHTINGS,
            {
                "photos": list(photos),
                "wallets": [wallet for wallet, _ in places],
                "places": [place for _, place in places],
                "since": at - SAME_PLACE_WITHIN,
            },
        )
        for wallet_id, digest, times in cursor.fetchall():
            if wallet_id is None:
                sightings.photos.add(bytes(digest))
            else:
                sightings.places[wallet_id, bytes(digest)] = times
    return sightings


def _standing(
    rule_id: int | None,
    points: int | None,
    cap_day_points: int | None,
    cap_month_points: int | None,
    cooling_off_s: int | None,
    auto_post_after_days: int | None,
    checked_percent: int | None,
    campaign_id: int | None,
    wallet_known: bool,
    evidence_taken: bool,
    day_points: int,
    month_points: int,
    last_at: datetime | None,
) -> Standing:
    """A row of ``rewards_standing``, column by column."""
    return Standing(
        rule_id=rule_id,
        terms=RuleTerms(
            points=points or 0,
            cap_day_points=cap_day_points,
            cap_month_points=cap_month_points,
            cooling_off_s=cooling_off_s or 0,
            auto_post_after_days=auto_post_after_days,
            checked_percent=checked_percent or 0,
        ),
        campaign_id=campaign_id,
        wallet_known=wallet_known,
        evidence_taken=evidence_taken,
        usage=Usage(day_points, month_points, last_at),
    )


def _lock_keys(asked: Sequence[Asked]) -> list[int]:
    """Sorted, so that two requests take them in the same order."""
    names = set()
    for one in asked:
        wallet = one.wallet_id.bytes
        names.add(b"cap" + wallet + one.rule_code.encode())
        names.update(b"photo" + photo for photo in one.signals.photos)
        if one.signals.place:
            names.add(b"place" + wallet + one.signals.place)
    return sorted(
        int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True) for name in names
    )
