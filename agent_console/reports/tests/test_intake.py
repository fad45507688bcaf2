"""Taking a report in: once, complete, in the territory."""

import json
import uuid

import pytest
from django.conf import settings
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.conversations.models import Conversation
from agent_console.references import format_reference, new_reference, parse_reference
from agent_console.reports.models import Report, ReportReward, Transition

URL = "/api/v1/reports"
TOKEN = settings.CONSOLE_API_TOKENS[0].secret


@pytest.fixture
def body(metropolis: None, conversation: Conversation) -> dict[str, str]:
    return {
        "conversation": str(conversation.id),
        "category": "pothole",
        "address": "12 rue Paradis",
        "commune": "Marseille",
        "place": "",
        "description": "Un nid-de-poule",
    }


def _post(client: Client, body: object, *, key: str = "turn-1:submit", token: str = TOKEN):  # type: ignore[no-untyped-def]
    return client.post(
        URL,
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def test_a_report_gives_a_receipt_and_promises_its_points(
    client: Client, body: dict[str, str]
) -> None:
    response = _post(client, body)
    assert response.status_code == 201
    receipt = response.json()
    report = Report.objects.get()
    assert receipt["reference"] == report.reference_display
    assert receipt["category_label"] == "Trou dans la chaussée"
    assert receipt["points"] == 10
    assert receipt["place_label"] == "12 rue Paradis, Marseille"
    assert report.resident == Conversation.objects.get().contact_point.resident
    assert Transition.objects.get().to_state == "received"
    assert ReportReward.objects.get().points == 10
    assert ProcrastinateJob.objects.filter(task_name="reports.reward").count() == 1


def test_the_same_key_and_body_give_the_first_receipt_again(
    client: Client, body: dict[str, str]
) -> None:
    assert _post(client, body).json() == _post(client, body).json()
    assert Report.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(client: Client, body: dict[str, str]) -> None:
    receipt = _post(client, body).json()
    response = _post(client, body | {"address": "14 rue Paradis"})
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")
    assert response.json()["fields"] == {"reference": receipt["reference"]}
    assert Report.objects.get().address == "12 rue Paradis"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"category": "unknown_thing"}, 422, "category_unknown"),
        ({"commune": "Paris", "address": "12 rue de Rivoli"}, 422, "commune_unknown"),
        ({"address": "", "place": ""}, 422, "place_missing"),
        ({"conversation": str(uuid.uuid4())}, 404, "conversation_unknown"),
        ({"conversation": "not a uuid"}, 422, "invalid_request"),
        ({"address": 12}, 422, "invalid_request"),
        ({"address": "x" * 201}, 422, "invalid_request"),
        ({"surprise": "x"}, 422, "invalid_request"),
    ],
)
def test_a_bad_report_is_refused_in_french_and_stores_nothing(
    client: Client, body: dict[str, str], change: dict[str, object], status: int, code: str
) -> None:
    response = _post(client, body | change)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["message"]
    assert not Report.objects.exists()


def test_a_category_that_earns_nothing_opens_no_reward(
    client: Client, body: dict[str, str]
) -> None:
    assert _post(client, body | {"category": "bin_request"}).json()["points"] == 0
    assert not ReportReward.objects.exists()


@pytest.mark.parametrize("token", ["", "wrong" * 10])
def test_without_the_service_token_nothing_is_answered(
    client: Client, body: dict[str, str], token: str
) -> None:
    response = _post(client, body, token=token)
    assert (response.status_code, response.json()["code"]) == (401, "token_invalid")


def test_a_missing_key_is_refused(client: Client, body: dict[str, str]) -> None:
    response = client.post(
        URL,
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert response.status_code == 422


def test_a_reference_survives_being_dictated_and_a_slip_is_noticed() -> None:
    reference = new_reference()
    assert parse_reference(format_reference(reference)) == reference
    assert parse_reference(f" {reference[:3]} {reference[3:6]}.{reference[6:]}") == reference
    for place in range(9):
        wrong = str((int(reference[place]) + 1) % 10)
        assert parse_reference(reference[:place] + wrong + reference[place + 1 :]) is None
    assert parse_reference("") is None
