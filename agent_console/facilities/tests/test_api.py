"""The internal API: nearest, one facility, sorting; its refusals and its ETags."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from agent_console.facilities.models import Facility

pytestmark = pytest.mark.django_db
BEARER = f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"


def get(path: str, etag: str = "", **query: Any) -> Any:
    headers = {"Authorization": BEARER} | ({"If-None-Match": etag} if etag else {})
    return Client().get(f"/api/v1{path}", query, headers=headers)


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["facilities"]]


def test_the_nearest_comes_first(examples: None) -> None:
    answer = get("/facilities/nearest", lat=43.2962, lon=5.37, kind="glass", limit=2)
    assert names(answer) == [
        "EXEMPLE – Borne à verre du port",
        "EXEMPLE – Borne à verre de la place",
    ]
    first = answer.json()["facilities"][0]
    assert first["distance_m"] == 0
    assert first["opening"] == {"state": "open", "until": None, "text": "Ouvert en permanence"}
    assert first["is_example"] is True
    assert (first["commune"], first["insee"]) == ("Marseille 1er Arrondissement", "13201")


def test_a_waste_and_a_commune_narrow_it(examples: None) -> None:
    tyres = get("/facilities/nearest", commune="13001", waste="tyres")
    assert names(tyres) == ["EXEMPLE – Déchèterie d’Aix"]
    assert tyres.json()["facilities"][0]["distance_m"] is None
    assert tyres.json()["around"] == "Aix-en-Provence"
    assert names(get("/facilities/nearest", lat=43.3, lon=5.4, waste="lamps"))
    assert names(get("/facilities/nearest", lat=43.3, lon=5.4, kind="compost", open_now=False))


def test_an_address_means_its_commune_while_no_addresses_are_loaded(examples: None) -> None:
    found = get("/facilities/nearest", address="12 cours Mirabeau", kind="reuse")
    assert found.status_code == 404
    assert found.json()["code"] == "place_unknown"
    found = get("/facilities/nearest", address="12 cours Mirabeau, Aix-en-Provence", kind="reuse")
    assert names(found) == ["EXEMPLE – Ressourcerie"]


def test_an_address_that_is_loaded_gives_distances(examples: None, gazetteer: None) -> None:
    answer = get("/facilities/nearest", address="2 la Canebière, Marseille", limit=2)
    assert answer.json()["around"].startswith("2 La Canebière")
    distances = [row["distance_m"] for row in answer.json()["facilities"]]
    assert distances == sorted(distances)
    assert all(distance is not None for distance in distances)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 422, "place_missing"),
        ({"lat": 43.3}, 422, "place_incomplete"),
        ({"lat": 91, "lon": 5}, 422, "invalid_request"),
        ({"lat": "nan", "lon": 5}, 422, "invalid_request"),
        ({"commune": "75056"}, 404, "commune_unknown"),
        ({"commune": "x"}, 422, "invalid_request"),
        ({"address": "Paris"}, 404, "place_unknown"),
        ({"lat": 43, "lon": 5, "kind": "volcano"}, 422, "invalid_request"),
        ({"lat": 43, "lon": 5, "limit": 0}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_answered_says_why(
    metropolis: None, query: dict[str, Any], status: int, code: str
) -> None:
    answer = get("/facilities/nearest", **query)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_one_facility_tells_its_week(examples: None) -> None:
    facility = Facility.objects.get(external_id="EX-006")
    answer = get(f"/facilities/{facility.pk}")
    assert answer.status_code == 200
    assert len(answer.json()["week"]) == 7
    assert answer.json()["phone"] == "04 00 00 00 00"
    assert get(f"/facilities/{uuid.uuid4()}").json()["code"] == "facility_unknown"
    Facility.objects.filter(pk=facility.pk).update(retired_at=facility.created_at)
    assert get(f"/facilities/{facility.pk}").status_code == 404


def test_sorting_is_sure_unsure_or_honest(examples: None) -> None:
    sure = get("/sorting", waste="un vieux pot de yaourt").json()
    assert (sure["certainty"], sure["rule"]["outlet"]) == ("sure", "yellow_bin")
    assert sure["rule"]["is_confirmed"] is True
    unsure = get("/sorting", waste="bouteille").json()
    assert (unsure["certainty"], unsure["rule"]) == ("unsure", None)
    assert len(unsure["alternatives"]) >= 2
    unknown = get("/sorting", waste="un trou dans la rue").json()
    assert unknown == {"certainty": "unknown", "rule": None, "alternatives": []}
    assert get("/sorting", waste="gravats").json()["rule"]["is_confirmed"] is False
    assert get("/sorting", waste="").status_code == 422
    assert get("/sorting", waste="pile", commune="99999").json()["code"] == "commune_unknown"


def test_what_is_unchanged_is_not_sent_again(examples: None) -> None:
    facility = Facility.objects.get(external_id="EX-001")
    reads: list[tuple[str, dict[str, Any]]] = [
        ("/facilities/nearest", {"lat": 43.3, "lon": 5.4, "kind": "packaging"}),
        (f"/facilities/{facility.pk}", {}),
        ("/sorting", {"waste": "pile"}),
    ]
    for path, query in reads:
        first = get(path, **query)
        again = get(path, etag=first.headers["ETag"], **query)
        assert (again.status_code, again.content) == (304, b"")
    etag = get(f"/facilities/{facility.pk}").headers["ETag"]
    Facility.objects.update(notes="Déplacée.")
    assert get(f"/facilities/{facility.pk}", etag=etag).status_code == 200


@pytest.mark.parametrize("path", ["/facilities/nearest", "/sorting", f"/facilities/{uuid.uuid4()}"])
def test_without_a_token_nothing_is_told(path: str) -> None:
    asked: dict[str, Any] = {"waste": "pile", "lat": 43, "lon": 5}
    answer = Client().get(f"/api/v1{path}", asked, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
