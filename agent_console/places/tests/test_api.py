"""The internal API of places: what the dialogue and others may rely on."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from agent_console.places.selectors import place_reverse, place_suggest


@pytest.fixture
def call(client: Client) -> Any:
    token = next(one for one in settings.CONSOLE_API_TOKENS if one.name == "actions").secret
    headers = {"Authorization": f"Bearer {token}"}

    def get(path: str, **query: Any) -> Any:
        return client.get(f"/api/v1/places/{path}", query, headers=headers)

    def post(**body: Any) -> Any:
        return client.post(
            "/api/v1/places/resolve", body, content_type="application/json", headers=headers
        )

    get.post = post  # type: ignore[attr-defined]
    return get


def test_resolve_keeps_what_the_dialogue_reads(gazetteer: None, call: Any) -> None:
    body = call.post(text="12 rue paradis", commune="Marseille 6e").json()
    assert (body["found"], body["in_territory"]) == (True, True)
    assert body["label"] == "12 Rue Paradis, 13006 Marseille"
    assert body["commune"]["name"] == "Marseille 6e Arrondissement"
    assert body["place"]["precision"] == "number"
    assert (body["place"]["latitude"], body["source"]) == (43.285, "own")


def test_resolve_names_what_is_outside(metropolis: None, call: Any) -> None:
    body = call.post(text="Paris").json()
    assert (body["found"], body["in_territory"], body["commune"]) == (True, False, None)
    assert body["message"].startswith("Paris n’est pas dans la Métropole")


@pytest.mark.parametrize(
    "body",
    [{"text": "a" * 301}, {"latitude": 43.3}, {"latitude": 91, "longitude": 5}, {"other": 1}],
)
def test_resolve_refuses_what_it_cannot_read(db: None, call: Any, body: dict[str, Any]) -> None:
    assert call.post(**body).status_code == 422


def test_suggest_goes_on_from_what_is_typed(gazetteer: None, call: Any) -> None:
    def labels(q: str, **query: Any) -> list[str]:
        return [item["label"] for item in call("suggest", q=q, **query).json()["items"]]

    assert labels("rue de la rép", limit=2) == [
        "Rue de la République, 13002 Marseille",
        "Rue de la République, 13400 Aubagne",
    ]
    assert labels("12 rue para 6e") == ["12 Rue Paradis, 13006 Marseille"]
    assert "Avenue Jules Cantini, 13006 Marseille" in labels("av cantin")
    assert labels("boulvard fenouil")[0] == "Boulevard Fenouil, 13016 Marseille"
    assert labels("zzzz") == []


@pytest.mark.parametrize("query", [{"q": "ru"}, {"q": "rue", "limit": 11}, {}])
def test_suggest_wants_three_letters_and_at_most_ten(
    db: None, call: Any, query: dict[str, Any]
) -> None:
    assert call("suggest", **query).status_code == 422


def test_reverse_gives_address_commune_or_nothing(gazetteer: None, call: Any) -> None:
    here = call("reverse", latitude=43.2851, longitude=5.381).json()
    assert here["label"] == "20 Rue Paradis, 13006 Marseille"
    near = call("reverse", latitude=43.300, longitude=5.585).json()
    assert (near["place"]["precision"], near["commune"]["name"]) == ("commune", "Aubagne")
    assert not call("reverse", latitude=48.85, longitude=2.35).json()["found"]
    assert call("reverse", latitude=43.3).status_code == 422


def test_nobody_asks_without_a_token(db: None, client: Client) -> None:
    assert client.get("/api/v1/places/suggest", {"q": "rue"}).status_code == 401
    assert client.get("/api/v1/places/reverse", {"latitude": 1, "longitude": 1}).status_code == 401


def test_communes_are_suggested_where_nothing_is_loaded(metropolis: None) -> None:
    assert [place.label for place in place_suggest("marig")] == ["Marignane"]
    assert not place_reverse(latitude=43.3, longitude=5.4).found
