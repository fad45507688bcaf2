"""One line of the Base Adresse Nationale's CSV as an address of ours.

Columns as published with the national base: semicolons, UTF-8, one header line.  Read here: ``id``,
``numero``, ``rep``, ``nom_voie``, ``code_postal``, ``code_insee``, ``lon``, ``lat``,
``certification_commune``; the others may be there or not.
"""

import csv
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from ..vocabulary import vocabulary

REQUIRED = ("id", "numero", "nom_voie", "code_postal", "code_insee", "lon", "lat")
PUBLISHED = vocabulary(
    "id id_fantoir numero rep nom_voie code_postal code_insee nom_commune "
    "code_insee_ancienne_commune nom_ancienne_commune x y lon lat type_position alias nom_ld "
    "libelle_acheminement nom_afnor source_position source_nom_voie certification_commune "
    "cad_parcelles"
)
NO_NUMBER = 99999  # how communes' own files say that a named place has no numbers
_NUMBER_MAX = 9998
_MARSEILLE = "13055"
_ID = re.compile(r"(?P<street>\w+_\w+)_(?P<number>\d{5})(?:_(?P<suffix>\w+))?$")
_ID_CHARS_MAX = 96
_STREET_ID_CHARS_MAX = 64
_NAME_CHARS_MAX = 200
_SUFFIX_CHARS_MAX = 20
# Wide around the Metropolis: what is farther off is a mistake of the file.
_LATITUDES = (42.8, 44.2)
_LONGITUDES = (4.4, 6.2)


class BadRow(Exception):
    """A line that can't be an address; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadHeader(Exception):
    """The file's first line lacks columns; they are named."""


@dataclass(frozen=True)
class Row:
    """One address.  ``number`` is None for a named place; degrees are WGS 84, None if unknown."""

    ban_id: str
    street_id: str
    street: str
    insee: str
    postcode: str
    number: int | None
    suffix: str
    latitude: float | None
    longitude: float | None
    certified: bool


class RowReader:
    """Reads lines under one header; raises ``BadHeader`` when it isn't the national base's."""

    def __init__(self, header: str) -> None:
        self._names = [name.strip().lower() for name in cells(header.removeprefix("\ufeff"))]
        missing = [name for name in REQUIRED if name not in self._names]
        if missing:
            raise BadHeader(", ".join(missing))

    def read(self, line: str, communes: frozenset[str]) -> Row | None:
        """The address of a line, None when its commune isn't among ``communes``.

        Raises ``BadRow``: ``columns``, ``encoding``, ``id``, ``street``, ``number``, ``postcode``,
        ``position``.
        """
        if "\x00" in line or "\ufffd" in line:
            raise BadRow("encoding")
        values = cells(line)
        if len(values) != len(self._names):
            raise BadRow("columns")
        row = dict(zip(self._names, (value.strip() for value in values), strict=True))
        insee = _insee(row)
        return _row(row, insee) if insee in communes else None


def cells(line: str) -> list[str]:
    """A line's cells; a stray quote harms that line only."""
    try:
        return next(csv.reader([line], delimiter=";"), [])
    except csv.Error as exc:
        raise BadRow("columns") from exc


def _insee(row: Mapping[str, str]) -> str:
    insee, postcode = row["code_insee"], row["code_postal"]
    if insee == _MARSEILLE and postcode.startswith("130"):
        return "132" + postcode[3:]
    return insee


def _row(row: Mapping[str, str], insee: str) -> Row:
    ban_id, street = row["id"], row["nom_voie"]
    if not ban_id or len(ban_id) > _ID_CHARS_MAX:
        raise BadRow("id")
    if not street or len(street) > _NAME_CHARS_MAX:
        raise BadRow("street")
    if not (len(row["code_postal"]) == 5 and row["code_postal"].isdigit()):
        raise BadRow("postcode")
    match = _ID.match(ban_id)
    if match and len(match["street"]) > _STREET_ID_CHARS_MAX:
        raise BadRow("id")
    latitude, longitude = _position(row)
    suffix = row.get("rep", "").lower()
    if len(suffix) > _SUFFIX_CHARS_MAX:
        raise BadRow("number")
    return Row(
        ban_id=ban_id,
        # Identifiers of another shape don't name their street: commune and name do.
        street_id=match["street"] if match else _named_id(insee, street),
        street=street,
        insee=insee,
        postcode=row["code_postal"],
        number=_number(row["numero"]),
        suffix=suffix,
        latitude=latitude,
        longitude=longitude,
        certified=row.get("certification_commune") == "1",
    )


def _named_id(insee: str, street: str) -> str:
    digest = hashlib.sha256(street.casefold().encode()).hexdigest()
    return f"{insee}:{digest[:32]}"


def _number(text: str) -> int | None:
    if not text or text == str(NO_NUMBER):
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= _NUMBER_MAX):
        raise BadRow("number")
    return int(text)


def _position(row: Mapping[str, str]) -> tuple[float | None, float | None]:
    if not row["lat"] and not row["lon"]:
        return None, None
    try:
        latitude, longitude = float(row["lat"]), float(row["lon"])
    except ValueError as exc:
        raise BadRow("position") from exc
    if not (isfinite(latitude) and isfinite(longitude)):
        raise BadRow("position")
    if not (_inside(latitude, _LATITUDES) and _inside(longitude, _LONGITUDES)):
        raise BadRow("position")
    return latitude, longitude


def _inside(value: float, bounds: Sequence[float]) -> bool:
    return bounds[0] <= value <= bounds[1]
