"""The public pages: what anybody reads without signing in and without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from agent_console.facilities.models import Facility, SortingOverride
from agent_console.facilities.templatetags.facility_text import dialled, distance

pytestmark = pytest.mark.django_db
TILES = "https://tiles.example.fr/{z}/{x}/{y}.png"


def test_a_waste_gets_its_rule_and_places(client: Client, examples: None) -> None:
    page = client.get("/ou-jeter/", {"q": "un vieux frigo", "commune": "13055"}).text
    assert 'data-certainty="sure"' in page
    assert "Rendez-vous encombrants ou déchèterie" in page
    assert "EXEMPLE – Déchèterie du nord" in page
    assert "exemples inventés" in page


def test_the_page_asks_back_or_admits(client: Client, examples: None) -> None:
    unsure = client.get("/ou-jeter/", {"q": "bouteille"}).text
    assert 'data-certainty="unsure"' in unsure
    assert unsure.count('data-testid="alternative"') >= 2
    unknown = client.get("/ou-jeter/", {"q": "<b>lampadaire</b>"}).text
    assert "Je ne sais pas" in unknown
    assert "<b>lampadaire" not in unknown


def test_the_whole_list_stands_there_without_a_question(client: Client, examples: None) -> None:
    page = client.get("/ou-jeter/").text
    assert page.count('data-testid="outlet"') >= 80
    assert "il peut varier" in page or "elle peut varier" in page


def test_a_commune_sees_its_own_rule(client: Client, examples: None) -> None:
    SortingOverride.objects.create(
        rule_id="gravats", commune_id="13001", outlet="special", advice="Sur rendez-vous à Aix."
    )
    aix = client.get("/ou-jeter/", {"q": "gravats", "commune": "13001"}).text
    assert "Sur rendez-vous à Aix." in aix
    assert "Consigne propre à Aix-en-Provence" in aix
    assert "Sur rendez-vous à Aix." not in client.get("/ou-jeter/", {"q": "gravats"}).text


def test_places_are_listed_by_commune_kind_and_waste(client: Client, examples: None) -> None:
    def names(**query: str) -> set[str]:
        found: Any = client.get("/points-de-collecte/", query).context["found"]
        return {row.facility.external_id for row in found}

    assert len(names()) == 8
    assert names(commune="13001") == {"EX-007", "EX-008"}
    assert names(kind="glass") == {"EX-001", "EX-002"}
    assert names(waste="textile") == {"EX-004", "EX-008"}
    assert "EX-001" in names(open="on")
    page = client.get("/points-de-collecte/").text
    assert "N’y portez rien" in page


def test_a_choice_that_does_not_exist_is_said(client: Client, examples: None) -> None:
    answer = client.get("/points-de-collecte/", {"kind": "volcan", "commune": "75056"})
    assert answer.status_code == 422
    assert "Ce type de point n’existe pas." in answer.text
    assert "Cette commune n’est pas dans la Métropole." in answer.text
    assert client.get("/ou-jeter/", {"q": "x" * 200}).status_code == 422


def test_a_position_is_used_and_kept_nowhere(client: Client, examples: None) -> None:
    sent = {"lat": "43.296", "lon": "5.370", "kind": "", "waste": "", "open": ""}
    answer = client.post("/points-de-collecte/autour/", sent)
    assert answer.status_code == 200
    assert answer.context["found"][0].facility.external_id == "EX-001"
    assert '43.296"' not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/points-de-collecte/autour/").status_code == 302
    wrong = client.post("/points-de-collecte/autour/", {"lat": "nord", "lon": "5"})
    assert wrong.status_code == 422
    assert "Votre position n’a pas été comprise" in wrong.text


def test_one_place_tells_all_that_is_known(client: Client, examples: None) -> None:
    facility = Facility.objects.get(external_id="EX-006")
    page = client.get(f"/points-de-collecte/{facility.pk}/").text
    for part in ("exemple inventé", "Gravats", "tel:0400000000", "geo:43.339000,5.415000"):
        assert part in page
    assert page.count("<dt>") == 7
    Facility.objects.update(retired_at=facility.created_at)
    assert client.get(f"/points-de-collecte/{facility.pk}/").status_code == 404


def test_empty_pages_say_what_to_do(client: Client, metropolis: None) -> None:
    assert "pas encore renseignées" in client.get("/ou-jeter/").text
    assert "Aucun point de collecte ne correspond" in client.get("/points-de-collecte/").text


def test_a_map_opens_the_policy_for_its_server_only(
    client: Client, examples: None, settings: Settings
) -> None:
    without = client.get("/points-de-collecte/")
    assert "data-map" not in without.text
    assert "leaflet" not in without.text
    settings.MAP_TILES_URL = TILES
    settings.MAP_TILES_ATTRIBUTION = "© Exemple"
    facility = Facility.objects.get(external_id="EX-001")
    for path in ("/points-de-collecte/", f"/points-de-collecte/{facility.pk}/"):
        page = client.get(path)
        assert "vendor/leaflet/leaflet.js" in page.text
        policy = page.headers["Content-Security-Policy"]
        (images,) = [part for part in policy.split(";") if part.strip().startswith("img-src")]
        assert images.split()[1:] == ["'self'", "data:", "https://tiles.example.fr"]
        assert "script-src" not in policy
    assert "tiles.example.fr" not in client.get("/ou-jeter/").headers["Content-Security-Policy"]


def test_distances_and_numbers_are_written_as_people_read_them() -> None:
    shown = [distance(metres).replace("\u00a0", " ") for metres in (2, 83, 994, 999, 1240, 12_400)]
    assert shown == ["10 m", "80 m", "990 m", "1,0 km", "1,2 km", "12 km"]
    assert dialled("+33 4 91.00 00 00") == "+33491000000"
