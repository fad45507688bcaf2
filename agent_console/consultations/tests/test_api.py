"""The internal API: what actions ask, and every refusal with its stable code."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from agent_console.citizens.links import contact_link
from agent_console.citizens.models import (
    ChannelCode,
    ContactPoint,
    LinkHow,
    ProofHow,
    Recognition,
    Resident,
)
from agent_console.citizens.recognition import recognition_end, recognition_give
from agent_console.citizens.services import contact_at, resident_of_contact
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import Consultation, RollEntry, SealedBallot
from agent_console.consultations.services import consultations_close_due
from agent_console.consultations.tests.conftest import AIX, MARSEILLE, ended, vote
from agent_console.consultations.urn import code_shown
from agent_console.conversations.models import Conversation

pytestmark = pytest.mark.django_db
API = "/api/v1/consultations"
Call = Callable[..., Any]


@pytest.fixture
def call(client: Client) -> Call:
    """Call the API as the actions do; returns the response."""

    def make(method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {
            "Authorization": f"Bearer {os.environ['CONSOLE_API_TOKEN_ACTIONS']}",
            "Idempotency-Key": key or f"turn:{uuid.uuid4()}",
        }
        content = json.dumps(body) if body is not None else ""
        return client.generic(
            method, f"{API}{path}", content, content_type="application/json", headers=headers
        )

    return make


@pytest.fixture
def verified(contact_point: ContactPoint) -> Resident:
    """Whoever speaks in the conversation has proved to be this resident."""
    resident = resident_of_contact(contact_point_id=contact_point.pk)
    phone = contact_at(kind=ChannelCode.SMS, address="06 12 34 56 78")
    contact_link(contact_point_id=phone.pk, resident=resident, how=LinkHow.CODE, is_verified=True)
    recognition_give(contact_point=contact_point, resident=resident, how=ProofHow.CODE)
    return resident


def _ballot(consultation: Consultation, conversation: Conversation) -> dict[str, str]:
    choice = consultation.choices.get(position=1)
    return {"conversation": str(conversation.pk), "choice": str(choice.pk)}


def test_what_is_open_where_and_in_which_language(
    call: Call, make_consultation: Callable[..., Consultation]
) -> None:
    everywhere = make_consultation(ends_at=timezone.now() + timedelta(days=1))
    make_consultation(insee=[MARSEILLE])
    make_consultation(starts_at=timezone.now() + timedelta(hours=1))
    answer = call("GET", "")
    assert answer.status_code == 200, answer.content
    assert len(answer.json()) == 2
    (shown,) = call("GET", f"?commune={AIX}&locale=en").json()
    assert (shown["id"], shown["status"]) == (str(everywhere.pk), "open")
    assert shown["title"] == "Cars off the avenue"
    assert [choice["label"] for choice in shown["choices"]] == ["Yes", "No"]
    assert len(call("GET", "?commune=13206").json()) == 2  # an arrondissement of Marseille
    assert call("GET", f"/{uuid.uuid4()}").json()["code"] == "consultation_unknown"


def test_a_vote_its_repetition_and_a_second_one(
    call: Call, consultation: Consultation, conversation: Conversation, verified: Resident
) -> None:
    body = _ballot(consultation, conversation)
    path = f"/{consultation.pk}/votes"
    first = call("POST", path, body, key="turn:1")
    assert first.status_code == 200, first.content
    assert first.json()["earns"] is False
    assert call("POST", path, body, key="turn:1").json() == first.json()
    second = call("POST", path, body, key="turn:2")
    assert (second.status_code, second.json()["code"]) == (409, "already_voted")
    assert RollEntry.objects.count() == 1


def test_refusals_have_their_codes(
    call: Call,
    make_consultation: Callable[..., Consultation],
    conversation: Conversation,
    verified: Resident,
) -> None:
    local = make_consultation(insee=[MARSEILLE])
    path, body = f"/{local.pk}/votes", _ballot(local, conversation)

    def refused(**changed: str) -> tuple[int, str]:
        answer = call("POST", path, {**body, **changed})
        return answer.status_code, answer.json()["code"]

    assert refused() == (422, "commune_missing")
    assert refused(commune=AIX) == (409, "outside_commune")
    assert refused(commune="75056") == (422, "commune_unknown")
    assert refused(commune=MARSEILLE, choice=str(uuid.uuid4())) == (422, "choice_unknown")
    assert refused(conversation=str(uuid.uuid4())) == (404, "conversation_unknown")
    recognition_end(contact_point=conversation.contact_point)
    assert refused(commune=MARSEILLE) == (403, "not_verified")
    assert not RollEntry.objects.exists()


def test_a_number_alone_and_an_old_proof_are_not_enough(
    call: Call, consultation: Consultation, conversation: Conversation, verified: Resident
) -> None:
    Recognition.objects.update(at=timezone.now() - timedelta(minutes=31))
    answer = call("POST", f"/{consultation.pk}/votes", _ballot(consultation, conversation))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_verified")


def test_a_browser_session_without_a_phone_is_nobody_verified(
    call: Call, consultation: Consultation, conversation: Conversation
) -> None:
    resident_of_contact(contact_point_id=conversation.contact_point_id)
    for path in ("votes", "ballot-links"):
        body = {"conversation": str(conversation.pk)}
        body |= _ballot(consultation, conversation) if path == "votes" else {}
        answer = call("POST", f"/{consultation.pk}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_verified")


def test_a_link_takes_one_vote_outside_the_conversation(
    call: Call,
    client: Client,
    consultation: Consultation,
    conversation: Conversation,
    verified: Resident,
) -> None:
    asked = {"conversation": str(conversation.pk), "locale": "en"}
    path = f"/{consultation.pk}/ballot-links"
    made = call("POST", path, asked)
    assert made.status_code == 201, made.content
    address = urlsplit(made.json()["url"])
    page = client.get(f"{address.path}?{address.query}")
    assert "Should the avenue be closed" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    choice = consultation.choices.get(position=2)
    sent = {"choice": str(choice.pk), "commune": "", "key": str(uuid.uuid4())}
    cast = client.post(address.path, sent)
    assert cast.status_code == 200
    assert client.post(address.path, sent).text.count("récépissé") == cast.text.count("récépissé")
    again = client.post(address.path, {**sent, "key": str(uuid.uuid4())})
    assert again.status_code == 409
    assert call("POST", path, asked).json()["code"] == "already_voted"
    assert SealedBallot.objects.count() == 1
    forged = client.get(f"/consultations/bulletin/{consultation.pk.hex}.x.web:1:abc/")
    assert forged.status_code == 410


def test_a_receipt_says_counted_and_nothing_else(call: Call, consultation: Consultation) -> None:
    codes = [vote(consultation, Resident.objects.create()).code for _ in range(10)]
    path = f"/{consultation.pk}/receipts"
    asked = {"receipt": code_shown(codes[3])}
    assert call("POST", path, asked).json() == {"outcome": "not_yet"}
    ended(consultation)
    consultations_close_due(now=timezone.now())
    ballots_count(consultation_id=consultation.pk)
    assert call("POST", path, asked).json() == {"outcome": "counted"}
    assert call("POST", path, {"receipt": "ABCD"}).json() == {"outcome": "not_counted"}


def test_proposals_are_taken_in_and_limited(
    call: Call, consultation: Consultation, conversation: Conversation, verified: Resident
) -> None:
    path = f"/{consultation.pk}/proposals"

    def propose(text: str) -> Any:
        return call("POST", path, {"conversation": str(conversation.pk), "text": text})

    first = propose("Des bancs")
    assert first.status_code == 201
    assert propose("Des  bancs").json() == first.json()
    assert propose("Des arbres").status_code == propose("De l’eau").status_code == 201
    assert (propose("Du sable").status_code, propose("x" * 501).status_code) == (429, 422)
    assert propose("   ").json()["code"] == "proposal_invalid"
