"""Writing streets and addresses in bulk; each function belongs into its caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from ..geocoding.words import street_words
from .rows import Row

_STREETS = """
INSERT INTO places_street AS known
    (ban_id, commune_id, name, kind, core, keys, postcode, latitude, longitude)
SELECT ban_id, commune_id, name, kind, core, string_to_array(keys, ' '), postcode,
       latitude, longitude
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::float8[], %s::float8[])
     AS new (ban_id, commune_id, name, kind, core, keys, postcode, latitude, longitude)
ON CONFLICT (ban_id) DO UPDATE
SET commune_id = excluded.commune_id, name = excluded.name, kind = excluded.kind,
    core = excluded.core, keys = excluded.keys, postcode = excluded.postcode
WHERE (known.commune_id, known.name, known.kind, known.core)
      IS DISTINCT FROM (excluded.commune_id, excluded.name, excluded.kind, excluded.core)
"""
_STREET_KEYS = "SELECT ban_id, id FROM places_street WHERE ban_id = ANY(%s)"
_STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS places_address_staging (
    ban_id text, street_id bigint, load_id bigint, number integer, suffix text, postcode text,
    latitude float8, longitude float8, certified boolean
) ON COMMIT DROP
"""
_COPY = "COPY places_address_staging FROM STDIN"
_ADDRESSES = """
INSERT INTO places_address
    (ban_id, street_id, load_id, number, suffix, postcode, latitude, longitude, certified)
SELECT ban_id, street_id, load_id, number, suffix, postcode, latitude, longitude, certified
FROM places_address_staging
ON CONFLICT (ban_id) DO UPDATE
SET street_id = excluded.street_id, load_id = excluded.load_id, number = excluded.number,
    suffix = excluded.suffix, postcode = excluded.postcode, latitude = excluded.latitude,
    longitude = excluded.longitude, certified = excluded.certified
"""
# A street stands where the house number nearest to its middle stands: on the street.
_MIDDLES = """
UPDATE places_street AS street
SET latitude = found.latitude, longitude = found.longitude, postcode = found.postcode
FROM (
    SELECT DISTINCT ON (address.street_id)
           address.street_id, address.latitude, address.longitude, address.postcode
    FROM places_address AS address
    JOIN (
        SELECT street_id, avg(places_address.latitude) AS latitude,
               avg(places_address.longitude) AS longitude
        FROM places_address JOIN places_street ON places_street.id = street_id
        WHERE commune_id = %(commune)s AND places_address.latitude IS NOT NULL
        GROUP BY street_id
    ) AS middle USING (street_id)
    WHERE address.latitude IS NOT NULL
    ORDER BY address.street_id,
             (address.latitude - middle.latitude) ^ 2
             + (address.longitude - middle.longitude) ^ 2, address.number, address.ban_id
) AS found
WHERE street.id = found.street_id
  AND (street.latitude, street.longitude, street.postcode)
      IS DISTINCT FROM (found.latitude, found.longitude, found.postcode)
"""

# Both deletions see the state before: a street goes when every address of it goes.
_SUPERSEDED = """
WITH gone AS (
    DELETE FROM places_address USING places_addressload AS load
    WHERE places_address.load_id = load.id AND load.source = %(source)s AND load.id <> %(load)s
    RETURNING places_address.street_id
), emptied AS (
    DELETE FROM places_street
    WHERE id IN (SELECT street_id FROM gone)
      AND NOT EXISTS (
          SELECT 1 FROM places_address JOIN places_addressload AS load ON load.id = load_id
          WHERE street_id = places_street.id
            AND NOT (load.source = %(source)s AND load.id <> %(load)s)
      )
)
SELECT count(*) FROM gone
"""


class StreetKeys:
    """Our key of each street of the file, kept between batches."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._stored: set[tuple[str, str, str]] = set()

    def store(self, rows: Iterable[Row]) -> None:
        """Insert or update the streets of ``rows`` that weren't stored like this yet."""
        new = {row.street_id: row for row in rows if _identity(row) not in self._stored}
        if not new:
            return
        words = {key: street_words(row.street) for key, row in new.items()}
        columns: list[list[Any]] = [
            list(new),
            [row.insee for row in new.values()],
            [row.street for row in new.values()],
            [words[key].kind for key in new],
            [" ".join(words[key].core) for key in new],
            [" ".join(words[key].keys) for key in new],
            [row.postcode for row in new.values()],
            [row.latitude for row in new.values()],
            [row.longitude for row in new.values()],
        ]
        with connection.cursor() as cursor:
            cursor.execute(_STREETS, columns)
            cursor.execute(_STREET_KEYS, [list(new)])
            self._keys |= dict(cursor.fetchall())
        self._stored |= {_identity(row) for row in new.values()}

    def of(self, row: Row) -> int:
        return self._keys[row.street_id]


def addresses_store(rows: Sequence[Row], *, keys: StreetKeys, load_id: int) -> None:
    """Insert or update the numbered addresses of ``rows``; of repeated ids the last one counts."""
    last = {row.ban_id: row for row in rows if row.number is not None}
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        cursor.execute("TRUNCATE places_address_staging")
        with cursor.copy(_COPY) as copy:
            for row in last.values():
                copy.write_row(
                    (
                        row.ban_id,
                        keys.of(row),
                        load_id,
                        row.number,
                        row.suffix,
                        row.postcode,
                        row.latitude,
                        row.longitude,
                        row.certified,
                    )
                )
        cursor.execute(_ADDRESSES)


def middles_store(commune: str) -> None:
    """Put each street of a commune where its middle house number is."""
    with connection.cursor() as cursor:
        cursor.execute(_MIDDLES, {"commune": commune})


def superseded_delete(*, load_id: int, source: str) -> int:
    """Delete the source's addresses that this load didn't bring, and streets left without any."""
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDED, {"load": load_id, "source": source})
        deleted: int = cursor.fetchone()[0]
        return deleted


def _identity(row: Row) -> tuple[str, str, str]:
    return row.street_id, row.street, row.insee
