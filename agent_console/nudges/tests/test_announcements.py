"""Points that will expire are announced, once each, before the wallet is told so."""

import json
import uuid
from unittest.mock import patch

import httpx
import pytest
from django.db import OperationalError

from agent_console.citizens.services import (
    resident_of_contact,
    wallet_assign,
    web_contact_open,
    web_token_new,
)
from agent_console.conversations.models import Author, Conversation, Message
from agent_console.conversations.services import receive_message
from agent_console.nudges import announcements, tasks
from agent_console.nudges.announcements import expiry_announce
from agent_console.wallet import http
from agent_console.wallet.http import WalletUnavailable
from agent_console.wallet.tests.contract import check_exchange

pytestmark = pytest.mark.django_db


class FakeWallet:
    """Lists what was not acknowledged, like the real one."""

    def __init__(self) -> None:
        self.notices: dict[str, dict[str, object]] = {}
        self.outcomes: dict[str, str] = {}
        self.refuses: set[str] = set()
        self.is_away = False
        self.fails_to_acknowledge = False

    def add(self, wallet_id: uuid.UUID, points: int = 30) -> str:
        number = str(uuid.uuid4())
        self.notices[number] = {
            "id": number,
            "wallet_id": str(wallet_id),
            "points": points,
            "expires_at": "2027-02-28T23:00:00Z",  # midnight in Paris
        }
        return number

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("away")
        if request.method == "GET":
            waiting = [
                notice for number, notice in self.notices.items() if number not in self.outcomes
            ]
            limit = int(request.url.params["limit"])
            return httpx.Response(200, json={"items": waiting[:limit], "next_cursor": None})
        number = request.url.path.split("/")[3]
        if self.fails_to_acknowledge:
            return httpx.Response(503, json={"code": "unavailable"})
        if number in self.refuses:
            return httpx.Response(409, json={"code": "notice_acknowledged", "message": ""})
        self.outcomes[number] = json.loads(request.content)["outcome"]
        return httpx.Response(200, json={"id": number, "outcome": self.outcomes[number]})


@pytest.fixture
def expiring(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()

    def answer(request: httpx.Request) -> httpx.Response:
        response = double(request)
        check_exchange(request, response)
        return response

    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(http, "client", lambda: client)
    return double


@pytest.fixture
def wallet_id(everybody_agrees: None, conversation: Conversation) -> uuid.UUID:
    resident = resident_of_contact(contact_point_id=conversation.contact_point_id)
    return wallet_assign(resident_id=resident.id)


def _told() -> list[str]:
    return list(Message.objects.filter(author=Author.SYSTEM).values_list("text", flat=True))


def test_the_owner_is_told_the_last_day_and_the_wallet_that_they_were(
    expiring: FakeWallet, wallet_id: uuid.UUID
) -> None:
    number = expiring.add(wallet_id)
    assert expiry_announce() == 1
    assert expiry_announce() == 0
    (text,) = _told()
    assert "30\u00a0points" in text
    assert "28 février 2027" in text
    assert expiring.outcomes == {number: "sent"}


def test_one_point_is_written_in_the_singular(expiring: FakeWallet, wallet_id: uuid.UUID) -> None:
    expiring.add(wallet_id, points=1)
    expiry_announce()
    assert "1\u00a0point de votre solde ne sera plus valable" in _told()[0]


def test_the_message_goes_to_where_they_talked_last(
    expiring: FakeWallet, wallet_id: uuid.UUID, conversation: Conversation
) -> None:
    contact_point = web_contact_open(token=web_token_new())
    contact_point.resident = resident_of_contact(contact_point_id=conversation.contact_point_id)
    contact_point.save()
    newer = receive_message(
        contact_point=contact_point, external_id=f"{contact_point.id}:1", text="Rebonjour"
    ).conversation
    expiring.add(wallet_id)
    expiry_announce()
    assert Message.objects.get(author=Author.SYSTEM).conversation == newer


def test_somebody_who_never_talked_with_us_is_unreachable(expiring: FakeWallet) -> None:
    number = expiring.add(uuid.uuid4())
    assert expiry_announce() == 1
    assert expiring.outcomes == {number: "unreachable"}
    assert _told() == []


def test_a_crash_between_message_and_acknowledgement_tells_nobody_twice(
    expiring: FakeWallet, wallet_id: uuid.UUID
) -> None:
    number = expiring.add(wallet_id)
    expiring.fails_to_acknowledge = True
    for _ in range(2):
        with pytest.raises(WalletUnavailable):
            expiry_announce()
    assert expiring.outcomes == {}
    expiring.fails_to_acknowledge = False
    assert expiry_announce() == 1
    assert len(_told()) == 1
    assert expiring.outcomes == {number: "sent"}


def test_a_message_that_can_t_be_stored_is_not_acknowledged(
    expiring: FakeWallet, wallet_id: uuid.UUID
) -> None:
    expiring.add(wallet_id)
    with (
        patch.object(announcements, "notice_send", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        expiry_announce()
    assert expiring.outcomes == {}


def test_many_are_dealt_with_page_by_page(expiring: FakeWallet) -> None:
    for _ in range(250):
        expiring.add(uuid.uuid4())
    assert expiry_announce() == 250
    assert len(expiring.outcomes) == 250


def test_one_that_the_wallet_refuses_does_not_turn_for_ever(expiring: FakeWallet) -> None:
    expiring.refuses = {expiring.add(uuid.uuid4())}
    fine = expiring.add(uuid.uuid4())
    assert expiry_announce() == 1
    assert expiring.outcomes == {fine: "unreachable"}


def test_the_wallet_being_away_is_retried(expiring: FakeWallet, wallet_id: uuid.UUID) -> None:
    expiring.add(wallet_id)
    expiring.is_away = True
    with pytest.raises(WalletUnavailable):
        expiry_announce()
    expiring.is_away = False
    with patch("service_kit.jobs.connections.close_all"):
        tasks.expiry(0)
    assert len(_told()) == 1
