"""A file of facilities as rows of text with their line numbers: CSV, or GeoJSON points."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import FileInvalid

# column -> whether every file must have it.  docs/facilities.md describes each.
COLUMNS: Mapping[str, bool] = {
    "id": True,
    "nom": True,
    "latitude": True,
    "longitude": True,
    "type": False,
    "adresse": False,
    "insee": False,
    "commune": False,
    "horaires": False,
    "dechets": False,
    "accessibilite": False,
    "telephone": False,
    "notes": False,
    "exemple": False,
}
ROWS_MAX = 50_000


@dataclass(frozen=True)
class RawRow:
    """One facility as written: the line (a feature's number in GeoJSON), column → text."""

    line: int
    values: Mapping[str, str]


def rows_read(content: bytes) -> list[RawRow]:
    """The rows of a CSV (comma or semicolon, UTF-8) or GeoJSON file.

    Raises ``FileInvalid`` when it is neither, lacks a column or holds no row.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileInvalid(
            "Le fichier n’est pas en UTF-8. Enregistrez-le au format « CSV UTF-8 »."
        ) from error
    if "\x00" in text:
        raise FileInvalid("Ce n’est pas un fichier de texte.")
    reader = _geojson if text.lstrip().startswith("{") else _csv
    rows: list[RawRow] = []
    for row in reader(text):
        rows.append(row)
        if len(rows) > ROWS_MAX:
            raise FileInvalid(f"Le fichier dépasse {ROWS_MAX} lignes.")
    if not rows:
        raise FileInvalid("Le fichier ne contient aucune ligne.")
    return rows


def _csv(text: str) -> Iterator[RawRow]:
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") >= head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _names_checked(names)
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise FileInvalid(
                    f"Ligne {line} : {len(cells)} colonnes au lieu de {len(names)}. "
                    "Un texte qui contient le séparateur se met entre guillemets droits."
                )
            yield RawRow(line, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        raise FileInvalid(f"Ligne {reader.line_num} : le CSV est mal formé.") from error


def _names_checked(names: list[str]) -> None:
    if missing := [name for name, needed in COLUMNS.items() if needed and name not in names]:
        raise FileInvalid(f"Colonnes manquantes : {', '.join(missing)}.")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise FileInvalid(
            f"Colonnes inconnues : {', '.join(name or '(sans nom)' for name in unknown)}. "
            f"Colonnes possibles : {', '.join(COLUMNS)}."
        )
    if len(set(names)) < len(names):
        raise FileInvalid("Une colonne est présente deux fois.")


def _geojson(text: str) -> Iterator[RawRow]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileInvalid("Le GeoJSON est mal formé.") from error
    features = data.get("features")
    if data.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise FileInvalid("Le GeoJSON doit être une « FeatureCollection ».")
    for number, feature in enumerate(features, start=1):
        yield RawRow(number, _feature(number, feature))


def _feature(number: int, feature: Any) -> Mapping[str, str]:
    """Columns are the properties; position and ``id`` may stand where GeoJSON has them."""
    match feature:
        case {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y, *_]}}:
            pass
        case _:
            raise FileInvalid(f"Ligne {number} : chaque objet doit être un point (« Point »).")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise FileInvalid(f"Ligne {number} : « properties » doit être un objet.")
    values = {
        name.strip().lower(): _text(value)
        for name, value in properties.items()
        if name.strip().lower() in COLUMNS
    }
    if "id" not in values and "id" in feature:
        values["id"] = _text(feature["id"])
    return {**values, "longitude": _text(x), "latitude": _text(y)}


def _text(value: Any) -> str:
    """A JSON value as a cell of a table would hold it."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case list():
            return "|".join(map(_text, value))
        case _:
            return str(value).strip()
