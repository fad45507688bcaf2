"""The hub channel over HTTP, mounted the way Rasa mounts it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from sanic import Sanic

from bot.connector import HubInput
from bot.hub.strict import strict
from bot.tests.city import City, CityServer, new_id

TOKEN = "token-of-the-hub"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
SAID = "un gros nid-de-poule devant le 12 rue Paradis à Marseille"


@pytest.fixture(scope="module")
def hub_app() -> Iterator[tuple[Sanic, str]]:
    """One Sanic server for the module: Sanic 21.12 can start only once in a process."""
    app = Sanic("hub", configure_logging=False)
    register([HubInput(TOKEN)], app, route="/webhooks/")
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()

    async def start() -> None:
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        assert server is not None
        await server.startup()
        await server.start_serving()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{listening.getsockname()[1]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)
    listening.close()


@pytest.fixture
async def hub(hub_app: tuple[Sanic, str], agent: Agent) -> AsyncIterator[httpx.AsyncClient]:
    app, url = hub_app
    app.ctx.agent = agent
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield client


def _body(text: str = "bonjour") -> dict[str, str]:
    return {
        "conversation": new_id(),
        "turn": new_id(),
        "channel": "web",
        "locale": "fr",
        "text": text,
    }


async def test_a_turn_over_http(hub: httpx.AsyncClient) -> None:
    body = _body("aide")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await hub.post("/hub/turns", json=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["turn"] == body["turn"]
    assert set(answer.json()) == {
        "turn",
        "replies",
        "intent",
        "category",
        "category_ranking",
        "entities",
        "slots",
        "active_form",
        "danger",
        "person",
        "was_secret",
    }
    again = await hub.post("/hub/turns", json=body, headers=headers)
    assert again.json() == answer.json()


async def test_a_conversation_is_forgotten_as_if_it_had_never_been(
    hub: httpx.AsyncClient, agent: Agent
) -> None:
    body, headers = _body("aide"), {"Authorization": f"Bearer {TOKEN}"}
    await hub.post("/hub/turns", json=body, headers=headers)
    path = f"/hub/conversations/{body['conversation']}"
    assert (await hub.delete(path)).status_code == 401
    assert await agent.tracker_store.retrieve(body["conversation"]) is not None
    for _ in range(2):
        assert (await hub.delete(path, headers=headers)).status_code == 200
    assert await agent.tracker_store.retrieve(body["conversation"]) is None


@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer wrong", TOKEN, "Bearer é"])
async def test_strangers_are_refused(hub: httpx.AsyncClient, shown: str | None) -> None:
    headers = {b"Authorization": shown.encode()} if shown is not None else {}
    answer = await hub.post("/hub/turns", json=_body(), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"


async def test_a_malformed_turn_is_400(hub: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await hub.post("/hub/turns", json={**_body(), "turn": "7"}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"


async def test_a_failed_turn_is_503(hub: httpx.AsyncClient, city: City) -> None:
    city.refuses_our_token = True  # a city that is only away has words for it
    body = _body("il y a un nid-de-poule devant le 12 rue Paradis à Marseille")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await hub.post("/hub/turns", json=body, headers=headers)
    assert answer.status_code == 503
    assert answer.json()["code"] == "action_failed"
    assert "Paradis" not in answer.text


async def test_health(hub: httpx.AsyncClient) -> None:
    assert (await hub.get("/healthz")).json() == {"status": "ok"}
    ready = await hub.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "missing": []})


async def test_not_ready_without_a_model(
    hub: httpx.AsyncClient, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "processor", None)
    ready = await hub.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "missing": ["model"]}


@pytest.mark.parametrize("listening", [False, True])
async def test_not_ready_without_the_action_server(
    hub: httpx.AsyncClient,
    agent: Agent,
    city: City,
    city_server: CityServer,
    monkeypatch: pytest.MonkeyPatch,
    listening: bool,
) -> None:
    city.away = True  # where something listens, it answers 503
    url = city_server.url if listening else "http://127.0.0.1:9"
    monkeypatch.setattr(strict(agent).action_endpoint, "url", f"{url}/webhook")
    ready = await hub.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "missing": ["actions"]}
    assert (("GET", "/readyz") in city.calls) is listening


def test_no_token_no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RASA_TOKEN", raising=False)
    with pytest.raises(ValueError, match="RASA_TOKEN"):
        HubInput.from_credentials({})


async def test_a_text_is_understood_and_leaves_no_trace(
    hub: httpx.AsyncClient, agent: Agent, city: City
) -> None:
    before = set(await agent.tracker_store.keys())
    answer = await hub.post("/hub/parse", json={"text": SAID}, headers=SHOWN)
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {
        "intent",
        "intent_ranking",
        "category",
        "category_ranking",
        "entities",
    }
    assert found["intent"]["name"] == "report_issue"
    assert found["intent_ranking"][0]["name"] == "report_issue"
    assert found["category"]["name"] == "pothole"
    names = [one["name"] for one in found["category_ranking"]]
    assert len(names) == 3
    assert names[0] == "pothole"
    chances = [one["confidence"] for one in found["category_ranking"]]
    assert chances == sorted(chances, reverse=True)
    entities = {one["entity"]: one for one in found["entities"]}
    address = entities["address"]
    assert SAID[address["start"] : address["end"]] == address["value"] == "12 rue Paradis"
    assert address["normalised"] == {"number": 12, "suffix": None, "street": "rue Paradis"}
    assert entities["commune"]["normalised"]["name"] == "Marseille"
    assert set(await agent.tracker_store.keys()) == before


async def test_a_command_of_rasas_own_is_only_a_text(hub: httpx.AsyncClient) -> None:
    answer = await hub.post(
        "/hub/parse", json={"text": '/report_issue{"category": "pothole"}'}, headers=SHOWN
    )
    assert answer.status_code == 200
    assert answer.json()["intent"]["confidence"] < 1.0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"text": ""},
        {"text": 7},
        {"text": "x" * 4001},
        {"text": "bonjour", "conversation": "7"},
    ],
)
async def test_anything_but_a_text_is_400(hub: httpx.AsyncClient, body: object) -> None:
    answer = await hub.post("/hub/parse", json=body, headers=SHOWN)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"


async def test_strangers_learn_nothing_of_a_text(hub: httpx.AsyncClient) -> None:
    answer = await hub.post("/hub/parse", json={"text": SAID})
    assert answer.status_code == 401
