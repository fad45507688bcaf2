"""From words to near reports: an address with a number is measured, anything else is compared."""

from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from agent_console.places.resolution import Resolution
from agent_console.reports import asking
from agent_console.reports.models import Category
from agent_console.reports.similar import Similar
from agent_console.reports.tests.test_similar import make

pytestmark = pytest.mark.usefixtures("metropolis", "gazetteer")


def ask(**said: Any) -> list[Similar]:
    words = {"address": "", "commune": "Marseille", "place": "", "text": ""}
    return asking.similar_to_words(
        category=Category.objects.get(pk="pothole"),
        latitude=None,
        longitude=None,
        at=timezone.now(),
        limit=3,
        **(words | said),
    )


def test_an_address_with_a_number_is_measured() -> None:
    near = make(latitude=43.2922, longitude=5.3796, address="", commune="Marseille")
    make(latitude=43.2930, longitude=5.3796, address="60 rue Saint-Ferréol", commune="Marseille")
    (found,) = ask(address="12 rue Saint-Ferréol")
    assert found.report == near
    assert found.distance_m == 22
    assert found.where == "à 20\u00a0m"


def test_a_street_alone_is_compared_as_a_whole() -> None:
    made = make(
        latitude=43.2930, longitude=5.3796, address="60 rue Saint-Ferréol", commune="Marseille"
    )
    (found,) = ask(address="rue St Ferreol")
    assert (found.report, found.distance_m) == (made, None)


def test_a_geocoder_that_is_away_leaves_the_street() -> None:
    made = make(address="14 rue Saint-Ferréol")
    away = Resolution(found=False, in_territory=True, label="", degraded=True)
    with patch.object(asking, "place_resolve", return_value=away):
        (found,) = ask(address="12 rue Saint-Ferréol")
    assert (found.report, found.where) == (made, "même rue")


def test_a_postcode_names_the_commune() -> None:
    made = make(address="14 rue Saint-Ferréol", commune="Marseille 6e")
    assert [found.report for found in ask(address="rue Saint-Ferréol", commune="13006")] == [made]
    assert ask(address="rue Saint-Ferréol", commune="13008") == []
