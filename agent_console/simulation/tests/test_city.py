"""Distributions are checked before anything is written."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import yaml

from agent_console.places.services import communes_load
from agent_console.simulation.city import CITY_FILE, city_load, commune_centres
from agent_console.simulation.errors import CityInvalid
from agent_console.simulation.marks import Kind, marked, marked_range, number_of

_TAXONOMY = CITY_FILE.parents[2] / "reports" / "data" / "taxonomy.yaml"


def _codes() -> list[str]:
    data = yaml.safe_load(_TAXONOMY.read_text(encoding="utf-8"))
    return [row["code"] for row in data["report_categories"]]


def test_the_shipped_city_covers_every_category_and_four_fifths_phone() -> None:
    city = city_load(categories=_codes())
    assert set(city.categories) == set(_codes())
    weights = {code: row.weight for code, row in city.channels.items()}
    assert weights["phone"] / sum(weights.values()) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"months": [1, 2]}, "months"),
        ({"comes_back": 1.5}, "comes_back"),
        ({"hours": {"staffed": [0] * 24, "online": [1] * 24}}, "hours.staffed"),
        ({"categories": {"unicorn": dict.fromkeys(
            ("weight", "rejected", "duplicate", "late", "forgotten"), 0.1)}}, "unicorn"),
        ({"channels": {"pigeon": {"weight": 1, "named": 0, "located": 0}}}, "pigeon"),
        ({"categories": {"pothole": dict.fromkeys(
            ("weight", "rejected", "duplicate", "late", "forgotten"), 0.6)}}, "pothole"),
        ({"colleagues": 0}, "colleagues"),
        ({"surprise": 1}, "surprise"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, change: dict[str, object], said: str) -> None:
    data = yaml.safe_load(CITY_FILE.read_text(encoding="utf-8"))
    file = tmp_path / "city.yaml"
    file.write_text(yaml.safe_dump(data | change), encoding="utf-8")
    with pytest.raises(CityInvalid) as refusal:
        city_load(file, categories=_codes())
    assert said in refusal.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityInvalid):
        city_load(tmp_path / "none.yaml", categories=_codes())


def test_every_commune_has_a_middle_in_the_territory(db: None) -> None:
    from agent_console.places.models import Commune
    from agent_console.reports.intake import EAST, NORTH, SOUTH, WEST

    communes_load()
    assert set(commune_centres()) == set(Commune.objects.values_list("pk", flat=True))
    for latitude, longitude in commune_centres().values():
        assert SOUTH < latitude < NORTH
        assert WEST < longitude < EAST


def test_marks_are_well_formed_sort_by_number_and_are_never_drawn() -> None:
    first, last = marked_range(Kind.REPORT)
    marks = [marked(Kind.REPORT, number) for number in (0, 1, 219_999)]
    assert marks == sorted(marks)
    assert all(first <= mark <= last for mark in marks)
    assert [number_of(mark) for mark in marks] == [0, 1, 219_999]
    assert {mark.version for mark in marks} == {8}
    assert {mark.variant for mark in marks} == {uuid.RFC_4122}
    assert marks[0].bytes.startswith(b"SIMULE")
    assert not first <= marked(Kind.RESIDENT, 5) <= last
    assert not first <= uuid.uuid4() <= last
