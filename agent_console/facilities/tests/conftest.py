"""Facilities made in one line, the example file, a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from agent_console.facilities.importing.services import import_run
from agent_console.facilities.models import Facility
from agent_console.facilities.sorting.services import sorting_load

EXAMPLE = Path(__file__).parents[1] / "data" / "example_facilities.csv"
HEAD = "id;type;nom;insee;latitude;longitude;horaires;dechets\n"


def csv_of(*lines: str, head: str = HEAD) -> bytes:
    """A file of facilities."""
    return (head + "\n".join(lines) + "\n").encode()


def line(number: int, latitude: float = 43.3, longitude: float = 5.4, kind: str = "glass") -> str:
    """A facility in Marseille as a row of the file."""
    return f"p{number};{kind};Borne {number};13055;{latitude};{longitude};24/7;"


@pytest.fixture
def make_facility(metropolis: None) -> Callable[..., Facility]:
    """Make a facility in Marseille, with anything about it said otherwise."""

    def make(external_id: str, **changed: object) -> Facility:
        values: dict[str, object] = {
            "source": "test",
            "external_id": external_id,
            "kind": "glass",
            "name": f"Borne {external_id}",
            "commune_id": "13055",
            "latitude": 43.3,
            "longitude": 5.4,
            "accepts": ["glass"],
            **changed,
        }
        return Facility.objects.create(**values)

    return make


@pytest.fixture
def examples(metropolis: None) -> None:
    """The facilities of the example file, and the default rules."""
    sorting_load()
    import_run(content=EXAMPLE.read_bytes(), file_name=EXAMPLE.name)


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", "facilities.import_facilities", "facilities.change_sorting")
