"""The engine's HTTP client: an answer, a passing failure and a refusal are told apart."""

import json
import uuid
from dataclasses import replace

import httpx
import pytest

from agent_console.conversations.engines.rasa import RasaEngine
from agent_console.conversations.errors import EngineRefused, EngineUnavailable
from agent_console.conversations.ports import Location, TurnRequest

REQUEST = TurnRequest(uuid.uuid4(), uuid.uuid4(), "web", "fr", "Bonjour")


def _engine(handler: httpx.MockTransport) -> RasaEngine:
    engine = RasaEngine(base_url="http://rasa", token="secret")
    engine._client = httpx.Client(
        base_url="http://rasa", transport=handler, headers=engine._client.headers
    )
    return engine


def test_an_answer_is_read_with_its_buttons_and_intent() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        return httpx.Response(
            200,
            json={
                "replies": [{"text": "Oui ?", "buttons": [{"title": "Oui", "payload": "Oui"}]}],
                "intent": {"name": "greet", "confidence": 0.8},
                "person": "asked",
            },
        )

    result = _engine(httpx.MockTransport(handle)).answer(REQUEST)
    assert (result.intent, result.confidence, result.person) == ("greet", 0.8, "asked")
    assert result.replies[0].buttons == [{"title": "Oui", "payload": "Oui"}]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (503, EngineUnavailable),
        (500, EngineUnavailable),
        (401, EngineUnavailable),
        (400, EngineRefused),
        (422, EngineRefused),
    ],
)
def test_a_status_tells_whether_to_ask_again(status: int, error: type[Exception]) -> None:
    engine = _engine(httpx.MockTransport(lambda request: httpx.Response(status)))
    with pytest.raises(error):
        engine.answer(REQUEST)


def test_no_answer_at_all_is_a_passing_failure() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(EngineUnavailable):
        _engine(httpx.MockTransport(refuse)).answer(REQUEST)


def test_the_engine_hears_the_choice_and_gets_what_came_with_it() -> None:
    photos = (uuid.uuid4(), uuid.uuid4())
    place = Location(latitude=43.29, longitude=5.37)
    request = replace(REQUEST, text="1", choice="oui", photos=photos, location=place)
    sent: list[dict[str, object]] = []

    def handle(asked: httpx.Request) -> httpx.Response:
        sent.append(json.loads(asked.content))
        return httpx.Response(200, json={"replies": []})

    engine = _engine(httpx.MockTransport(handle))
    engine.answer(request)
    caller = uuid.uuid4()
    engine.answer(replace(REQUEST, text="", location=place, resumes=caller))
    assert sent[0]["text"] == "oui"
    assert sent[0]["attachment"] == {"photo": str(photos[0])}
    assert sent[0]["location"] == {"latitude": 43.29, "longitude": 5.37}
    assert "resumes" not in sent[0]
    assert "text" not in sent[1]
    assert sent[1]["resumes"] == str(caller)
