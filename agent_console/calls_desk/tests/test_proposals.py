"""What a line proposes, with the assistant there, away and talking nonsense; pickups by phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.calls_desk.proposing import propose
from agent_console.citizens.models import WalletConsent
from agent_console.conversations.models import Message
from agent_console.intake import access
from agent_console.pickups.models import Booking, Slot
from agent_console.pickups.tests.conftest import make_slot, pickups

from .calling import URL, answer_call, draft_of, form_of, page_of
from .conftest import SAID, Assistant

__all__ = ["make_slot", "pickups"]
AIX = {"kind": "pickup", "address": "3 cours Mirabeau", "commune": "Aix-en-Provence"}


@pytest.mark.usefixtures("metropolis")
def test_category_address_and_commune_are_proposed(desk: Client, assistant: Assistant) -> None:
    page = desk.post(f"{URL}propositions/", {"description": SAID}).text
    assert assistant.asked == [SAID]
    assert "1. Trou dans la chaussée" in page
    assert "91&nbsp;%" in page
    assert "2. Trottoir abîmé" in page
    assert "Éclairage" not in page  # one in a hundred is no proposal
    assert 'data-field="address" data-value="12 rue Paradis"' in page
    assert 'data-field="commune" data-value="Marseille"' in page
    assert "ne répond pas" not in page
    with CaptureQueriesContext(connection) as queries:
        propose(SAID)
    assert len(queries) <= 12


@pytest.mark.usefixtures("metropolis")
@pytest.mark.parametrize(
    "answer",
    [503, 401, 200, {}, {"intent": {}}, httpx.ReadTimeout("late"), httpx.ConnectError("away")],
)
def test_without_the_assistant_the_form_says_so_quietly(
    desk: Client, assistant: Assistant, answer: dict[str, Any] | int | Exception
) -> None:
    assistant.answer = answer
    response = desk.post(f"{URL}propositions/", {"description": SAID})
    assert response.status_code == 200
    assert "L’assistant ne répond pas" in response.text
    assert 'data-value="Marseille"' in response.text  # our own geocoder still reads it
    assert "category_code" not in response.text


@pytest.mark.usefixtures("metropolis")
def test_nothing_said_asks_nobody(desk: Client, assistant: Assistant) -> None:
    assert "data-field" not in desk.post(f"{URL}propositions/", {"description": " "}).text
    assert assistant.asked == []


@pytest.mark.usefixtures("metropolis")
def test_a_place_elsewhere_is_said(desk: Client, assistant: Assistant) -> None:
    assistant.answer["entities"] = [  # type: ignore[index]
        {"entity": "commune", "value": "Avignon", "normalised": None}
    ]
    page = desk.post(f"{URL}propositions/", {"description": "Un trou à Avignon"}).text
    assert "pas dans la Métropole" in page
    assert 'data-field="commune"' not in page


@pytest.mark.usefixtures("pickups", "metropolis")
def test_a_pickup_is_proposed_booked_and_confirmed(
    desk: Client, assistant: Assistant, sms_on: None, make_slot: Callable[..., Slot]
) -> None:
    wished = timezone.localdate() + timedelta(days=9)
    early, late = make_slot(), make_slot(day=wished)
    assistant.answer = {
        "intent": {"name": "book_pickup", "confidence": 0.95},
        "category_ranking": [{"name": "illegal_dumping", "confidence": 0.6}],
        "entities": [
            {"entity": "item", "value": "deux canapés", "normalised": {"quantity": 2}},
            {"entity": "item", "value": "un frigo", "normalised": {"quantity": 1}},
            {
                "entity": "date",
                "value": "mardi",
                "normalised": {"from": wished.isoformat(), "to": wished.isoformat()},
            },
        ],
    }
    page = desk.post(f"{URL}propositions/", {"description": "deux canapés, un frigo"}).text
    assert 'data-kind="pickup"' in page
    assert 'data-field="items" data-value="deux canapés, un frigo"' in page
    assert f'data-field="day" data-value="{wished.isoformat()}"' in page
    assert "category_code" not in page

    call = answer_call(desk)
    said = form_of(call, **AIX, items="2 canapés, un frigo", day=wished.isoformat())
    part = desk.post(f"{URL}encombrants/", said).text
    assert "2 × Canapé" in part
    assert f'value="{early.pk}"> ' in part
    assert f'value="{late.pk}" checked' in part  # the first free one from the day they wish
    unchosen = desk.post(page_of(call), said)
    assert unchosen.status_code == 422
    assert "Choisissez un créneau" in unchosen.text
    assert "à demander une seule fois" in desk.get(page_of(call)).text
    agreed = {"slot": str(late.pk), "sms": "on", "wallet": "no"}
    page = desk.post(page_of(call), said | agreed, follow=True).text
    booking = Booking.objects.get()
    assert (booking.slot, booking.channel, booking.objects_count) == (late, "phone", 3)
    assert booking.resident is not None
    assert booking.reference_display in page
    assert booking.reference_display in Message.objects.get().text
    answer = WalletConsent.objects.get()  # as with a report, and the pickup is the same
    assert (answer.resident, answer.answer, answer.by, answer.channel) == (
        booking.resident, "refused", "operator", "phone",
    )  # fmt: skip
    again = answer_call(desk)
    assert "ne pas reposer la question" in desk.get(page_of(again)).text
    assert booking.reference_display in desk.get(page_of(again)).text


@pytest.mark.usefixtures("pickups", "metropolis")
def test_a_pickup_needs_the_permission_of_its_desk(
    client: Client, make_user: Callable[..., User], make_slot: Callable[..., Slot]
) -> None:
    client.force_login(make_user("reports-only", access.ADD_REPORTS))
    slot = make_slot()
    call = answer_call(client)
    assert "Encombrants" not in client.get(page_of(call)).text
    said = form_of(call, **AIX, items="2 canapés", slot=str(slot.pk))
    assert client.post(page_of(call), said).status_code == 403
    assert not Booking.objects.exists()


@pytest.mark.usefixtures("pickups", "metropolis")
def test_what_cannot_be_collected_is_said_and_nothing_is_lost(
    desk: Client, make_slot: Callable[..., Slot]
) -> None:
    slot = make_slot()
    call = answer_call(desk)
    said = form_of(call, **AIX, items="une bouteille de gaz", slot=str(slot.pk))
    response = desk.post(page_of(call), said)
    assert response.status_code == 422
    assert "ne peut pas être collecté" in response.text
    assert draft_of(call).fields["items"] == ["une bouteille de gaz"]
    elsewhere = desk.post(f"{URL}encombrants/", said | {"commune": "Marseille"}).text
    assert "arrondissement" in elsewhere
    assert not Booking.objects.exists()
