"""Checking rows: every mistake with its line and column, in French."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent_console.places.models import Commune
from agent_console.places.names import fold

from ..errors import FileInvalid, RowError
from ..hours import HoursInvalid, hours_parse
from ..models import EXTERNAL_ID_CHARS_MAX
from ..vocabulary import ACCEPTED_BY_KIND, Accessibility, Kind, Stream
from .reading import RawRow

ERRORS_SHOWN_MAX = 50
_CHARS_MAX = {"nom": 120, "adresse": 200, "notes": 500, "telephone": 20}
# A little more than the Metropolis: what lies outside is a slip (latitude and longitude swapped).
_LATITUDES, _LONGITUDES = (43.0, 44.0), (4.5, 6.0)
_PHONE = re.compile(
    r"(?:\+33[\s.]?|0)[1-9](?:[\s.]?\d{2}){4}|0[\s.]?80\d(?:[\s.]?\d{2,3}){2,3}|\d{4}"
)
_YES, _NO = {"oui", "1", "vrai", "true"}, {"", "non", "0", "faux", "false"}
_ACCESS = {
    "": Accessibility.UNKNOWN,
    "inconnu": Accessibility.UNKNOWN,
    "oui": Accessibility.YES,
    "partielle": Accessibility.LIMITED,
    "partiel": Accessibility.LIMITED,
    "non": Accessibility.NO,
}


@dataclass(frozen=True)
class CheckedRow:
    """A facility ready to be stored; the fields of the model."""

    external_id: str
    kind: str
    name: str
    address: str
    commune_id: str
    latitude: float
    longitude: float
    opening_hours: str
    accepts: tuple[str, ...]
    accessibility: str
    phone: str
    notes: str
    is_example: bool


def rows_checked(rows: Iterable[RawRow], *, kind: str) -> list[CheckedRow]:
    """Every row checked; ``kind`` is meant where a row names none, and must be where it does.

    Raises ``FileInvalid`` with the first ``ERRORS_SHOWN_MAX`` mistakes.
    """
    checker = _Checker(kind)
    checked = [checker.row(row) for row in rows]
    if checker.errors:
        count = len(checker.errors)
        raise FileInvalid(
            f"Le fichier contient {count} erreur{'s' if count > 1 else ''}. Rien n’a été importé.",
            checker.errors[:ERRORS_SHOWN_MAX],
        )
    return [row for row in checked if row is not None]


class _Checker:
    def __init__(self, kind: str) -> None:
        self.errors: list[RowError] = []
        self._kind = kind
        self._lines: dict[str, int] = {}
        self._kinds = _spellings(Kind.choices)
        self._streams = _spellings(Stream.choices)
        self._communes: dict[str, str] = {}
        for commune in Commune.objects.all():
            self._communes[commune.insee] = commune.insee
            self._communes[commune.search_name] = commune.insee

    def row(self, row: RawRow) -> CheckedRow | None:
        before = len(self.errors)
        values = {name: row.values.get(name, "") for name in _READ}
        self._lengths(row.line, values)
        kind = self._kind_of(row.line, values["type"])
        checked = CheckedRow(
            external_id=self._external_id(row.line, values["id"]),
            kind=kind,
            name=self._needed(row.line, "nom", values["nom"]),
            address=values["adresse"],
            commune_id=self._commune(row.line, values["insee"], values["commune"]),
            latitude=self._degrees(row.line, "latitude", values["latitude"], _LATITUDES),
            longitude=self._degrees(row.line, "longitude", values["longitude"], _LONGITUDES),
            opening_hours=self._hours(row.line, values["horaires"]),
            accepts=self._accepts(row.line, values["dechets"], kind),
            accessibility=self._access(row.line, values["accessibilite"]),
            phone=self._phone(row.line, values["telephone"]),
            notes=values["notes"],
            is_example=self._yes(row.line, "exemple", values["exemple"]),
        )
        return checked if len(self.errors) == before else None

    def _error(self, line: int, column: str, message: str) -> None:
        self.errors.append(RowError(line, column, message))

    def _lengths(self, line: int, values: Mapping[str, str]) -> None:
        for name, longest in _CHARS_MAX.items():
            if len(values[name]) > longest:
                self._error(line, name, f"{longest} caractères au plus.")
            if any(ord(char) < 32 and char not in "\n\t" for char in values[name]):
                self._error(line, name, "contient un caractère de contrôle.")

    def _needed(self, line: int, column: str, value: str) -> str:
        if not value:
            self._error(line, column, "manque.")
        return value

    def _external_id(self, line: int, value: str) -> str:
        self._needed(line, "id", value)
        if len(value) > EXTERNAL_ID_CHARS_MAX:
            self._error(line, "id", f"{EXTERNAL_ID_CHARS_MAX} caractères au plus.")
        first = self._lines.setdefault(value, line)
        if value and first != line:
            self._error(line, "id", f"« {value} » est déjà à la ligne {first}.")
        return value

    def _kind_of(self, line: int, value: str) -> str:
        if not value:
            if not self._kind:
                self._error(line, "type", "manque.")
            return self._kind
        kind = self._kinds.get(fold(value), "")
        if not kind:
            known = ", ".join(Kind.values)
            self._error(line, "type", f"« {value} » n’est pas un type connu ({known}).")
        elif self._kind and kind != self._kind:
            label = Kind(self._kind).label
            self._error(line, "type", f"« {value} » dans un import limité à « {label} ».")
        return kind

    def _commune(self, line: int, insee: str, name: str) -> str:
        if not insee and not name:
            self._error(line, "insee", "indiquez le code INSEE ou la commune.")
            return ""
        found = self._communes.get(insee) if insee else self._communes.get(fold(name))
        if found is None:
            column = "insee" if insee else "commune"
            self._error(line, column, f"« {insee or name} » n’est pas une commune de la Métropole.")
        return found or ""

    def _degrees(self, line: int, column: str, value: str, bounds: tuple[float, float]) -> float:
        try:
            degrees = float(value.replace(",", "."))
        except ValueError:
            degrees = math.nan
        if not math.isfinite(degrees):
            self._error(line, column, f"« {value} » n’est pas un nombre de degrés.")
        elif not bounds[0] <= degrees <= bounds[1]:
            low, high = bounds
            self._error(
                line,
                column,
                f"{value} est hors du territoire ({low:g} à {high:g}). "
                "Latitude et longitude sont-elles inversées ?",
            )
        return degrees

    def _hours(self, line: int, value: str) -> str:
        if value:
            try:
                hours_parse(value)
            except HoursInvalid:
                self._error(
                    line,
                    "horaires",
                    f"« {value[:80]} » n’est pas compris. Exemple : « Mo-Sa 09:00-12:00; PH off ».",
                )
        return value

    def _accepts(self, line: int, value: str, kind: str) -> tuple[str, ...]:
        if not value:
            return ACCEPTED_BY_KIND.get(kind, ())
        found: dict[str, None] = {}
        for word in filter(None, (part.strip() for part in value.split("|"))):
            stream = self._streams.get(fold(word))
            if stream is None:
                known = ", ".join(Stream.values)
                self._error(line, "dechets", f"« {word} » n’est pas un déchet connu ({known}).")
            else:
                found[stream] = None
        return tuple(found)

    def _access(self, line: int, value: str) -> str:
        found = _ACCESS.get(fold(value))
        if found is None:
            self._error(line, "accessibilite", "écrivez « oui », « partielle » ou « non ».")
        return found or Accessibility.UNKNOWN

    def _phone(self, line: int, value: str) -> str:
        if value and not _PHONE.fullmatch(value):
            self._error(line, "telephone", f"« {value[:40]} » n’est pas un numéro de téléphone.")
        return value

    def _yes(self, line: int, column: str, value: str) -> bool:
        word = fold(value)
        if word not in _YES | _NO:
            self._error(line, column, "écrivez « oui » ou « non ».")
        return word in _YES


_READ = (
    "id", "type", "nom", "adresse", "insee", "commune", "latitude", "longitude", "horaires",
    "dechets", "accessibilite", "telephone", "notes", "exemple",
)  # fmt: skip


def _spellings(choices: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Codes and French labels, folded → code."""
    found: dict[str, str] = {}
    for code, label in choices:
        found[fold(code)] = code
        found[fold(label)] = code
    return found
