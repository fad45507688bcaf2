"""What a checked file would change, without changing it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from ..models import Facility
from .checking import CheckedRow

# The fields that a file decides, with the words a person reads.
FIELDS = {
    "kind": "type",
    "name": "nom",
    "address": "adresse",
    "commune_id": "commune",
    "latitude": "latitude",
    "longitude": "longitude",
    "opening_hours": "horaires",
    "accepts": "déchets",
    "accessibility": "accessibilité",
    "phone": "téléphone",
    "notes": "notes",
    "is_example": "exemple",
}
# Below this many facilities nobody needs to be asked twice.
RETIRED_ASKED_FROM = 10


@dataclass(frozen=True)
class Change:
    """A known facility that a row describes otherwise; ``is_back`` when it was retired."""

    facility: Facility
    row: CheckedRow
    fields: tuple[str, ...]
    is_back: bool


@dataclass(frozen=True)
class Plan:
    """New, changed, unchanged and retired, each facility in one of them."""

    new: Sequence[CheckedRow] = field(default_factory=tuple)
    changed: Sequence[Change] = field(default_factory=tuple)
    unchanged: Sequence[Facility] = field(default_factory=tuple)
    retired: Sequence[Facility] = field(default_factory=tuple)

    @property
    def retires_most(self) -> bool:
        """Whether more than half of what was in service, and not just a few, would go."""
        stays = len(self.unchanged) + sum(not change.is_back for change in self.changed)
        return len(self.retired) >= RETIRED_ASKED_FROM and len(self.retired) > stays

    def digest(self) -> bytes:
        """Which facility meets which fate: equal for equal plans."""
        lines = [f"n {row.external_id}" for row in self.new]
        lines += [f"c {change.row.external_id} {change.fields}" for change in self.changed]
        lines += [f"u {facility.external_id}" for facility in self.unchanged]
        lines += [f"r {facility.external_id}" for facility in self.retired]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).digest()


def plan_make(rows: Sequence[CheckedRow], *, source: str, kind: str, is_full: bool) -> Plan:
    """Compare ``rows`` with what is known of ``source``.

    With ``is_full``, facilities in service (of ``kind``, when one is given) that have no row are
    retired.
    """
    known = {
        facility.external_id: facility
        for facility in Facility.objects.filter(source=source).order_by("external_id")
    }
    new: list[CheckedRow] = []
    changed: list[Change] = []
    unchanged: list[Facility] = []
    for row in rows:
        facility = known.pop(row.external_id, None)
        if facility is None:
            new.append(row)
            continue
        fields = _differing(facility, row)
        if fields or facility.retired_at is not None:
            changed.append(Change(facility, row, fields, facility.retired_at is not None))
        else:
            unchanged.append(facility)
    gone = [
        facility
        for facility in known.values()
        if is_full and facility.retired_at is None and kind in ("", facility.kind)
    ]
    return Plan(new, changed, unchanged, gone)


def row_fields(row: CheckedRow) -> dict[str, object]:
    """The model's fields as ``row`` has them."""
    fields = asdict(row)
    fields["accepts"] = list(row.accepts)
    return fields


def _differing(facility: Facility, row: CheckedRow) -> tuple[str, ...]:
    wanted = row_fields(row)
    return tuple(name for name in FIELDS if getattr(facility, name) != wanted[name])
