"""Somebody who answers calls, an assistant that answers as told, and text messages that are on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client

from agent_console.calls_desk import understanding
from agent_console.citizens import couriers
from agent_console.citizens.models import ChannelCode
from agent_console.intake import access
from channels_config.sms.couriers import PhoneCourier

AGENT = (
    access.ADD_REPORTS,
    access.VIEW_REPORTS,
    access.VIEW_CONVERSATIONS,
    access.VIEW_WALLETS,
    "citizens.record_consent",
    "redemptions.redeem_for_resident",
    "pickups.view_booking",
    "pickups.change_booking",
    "knowledge.read_articles",
)
MOBILE = "06 12 34 56 78"
E164 = "+33612345678"
LANDLINE = "04 65 71 12 34"
SAID = "Un gros nid-de-poule devant le 12 rue Paradis à Marseille"


@pytest.fixture
def agent(make_user: Callable[..., User]) -> User:
    return make_user("standard", *AGENT)


@pytest.fixture
def desk(agent: User, client: Client) -> Client:
    client.force_login(agent)
    return client


class Assistant:
    """Answers ``/hub/parse`` over HTTP; ``answer`` is a body, a status or a fault."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: dict[str, Any] | int | Exception = {
            "intent": {"name": "report_issue", "confidence": 0.97},
            "category_ranking": [
                {"name": "pothole", "confidence": 0.91},
                {"name": "damaged_pavement", "confidence": 0.05},
                {"name": "street_light_out", "confidence": 0.01},
            ],
            "entities": [
                {
                    "entity": "address",
                    "value": "12 rue Paradis",
                    "normalised": {"number": 12, "suffix": None, "street": "rue Paradis"},
                },
                {"entity": "commune", "value": "Marseille", "normalised": {"name": "Marseille"}},
            ],
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/hub/parse"
        self.asked.append(json.loads(request.content)["text"])
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, int):
            return httpx.Response(self.answer)
        return httpx.Response(200, json=self.answer)


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """Only the HTTP answer is made up."""
    fake = Assistant()
    with httpx.Client(base_url="http://assistant", transport=httpx.MockTransport(fake)) as client:
        monkeypatch.setattr(understanding, "client", lambda: client)
        yield fake


@pytest.fixture
def sms_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """This installation sends text messages; no worker runs, so they stay in the outbox."""
    monkeypatch.setitem(couriers._COURIERS, "sms", PhoneCourier(ChannelCode.SMS))
