"""Near reports and supports over HTTP."""

import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from agent_console.conversations.models import Conversation
from agent_console.reports.models import Report, Support
from agent_console.reports.tests.test_supporters import visitor
from agent_console.reports.workflow import State

URL = "/api/v1/reports"
TOKEN = settings.CONSOLE_API_TOKENS[0].secret


def _send(client: Client, method: str, path: str, body: object = None, *, key: str = "turn-1:join"):  # type: ignore[no-untyped-def]
    return client.generic(
        method,
        URL + path,
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": key},
    )


def _similar(client: Client, **asked: Any):  # type: ignore[no-untyped-def]
    body = {"category": "pothole", "address": "14 rue Paradis", "commune": "Marseille"} | asked
    return _send(client, "POST", "/similar", body)


@pytest.fixture
def neighbour(db: None) -> Conversation:
    return visitor()


def _join(client: Client, report: Report, who: Conversation, **more: Any):  # type: ignore[no-untyped-def]
    path = f"/{report.reference_display}/support"
    return _send(client, "POST", path, {"conversation": str(who.pk)}, **more)


def test_what_is_near_is_said_in_words_while_somebody_writes(
    client: Client, report: Report, neighbour: Conversation
) -> None:
    response = _similar(client, conversation=str(neighbour.pk))
    assert response.status_code == 200
    assert response.json() == [
        {
            "reference": report.reference_display,
            "category": "pothole",
            "label": "Trou dans la chaussée, 12 rue Paradis, même rue",
            "said_by": "déjà signalé par 1\u00a0personne",
            "distance_m": None,
            "people": 1,
            "supporters_count": 0,
            "status": "received",
            "status_label": "Reçu",
            "relation": "",
            "can_support": True,
            "outage": None,
        }
    ]


def test_own_followed_and_closed_reports_cannot_be_joined(
    client: Client, report: Report, neighbour: Conversation
) -> None:
    def seen_by(conversation: Conversation | None) -> tuple[str, bool]:
        asked = {"conversation": str(conversation.pk)} if conversation else {}
        (one,) = _similar(client, **asked).json()
        return one["relation"], one["can_support"]

    assert seen_by(report.conversation) == ("own", False)
    assert seen_by(neighbour) == ("", True)
    _join(client, report, neighbour)
    assert seen_by(neighbour) == ("supported", False)
    Report.objects.update(state=State.RESOLVED, closed_at=report.created_at)
    assert seen_by(None) == ("", False)


def test_at_most_three_are_shown(client: Client, report: Report) -> None:
    for number in range(4):
        Report.objects.create(
            reference=f"99999999{number}",
            intake_key=f"test:{number}",
            intake_sha256=b"",
            category=report.category,
            commune=report.commune,
            address="16 rue Paradis",
            channel="phone",
            assigned_to=report.assigned_to,
        )
    assert len(_similar(client).json()) == 3


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"category": "unknown_thing"}, 422, "category_unknown"),
        ({"latitude": 43.29}, 422, "coordinates_invalid"),
        ({"conversation": str(uuid.UUID(int=1))}, 404, "conversation_unknown"),
        ({"radius": 5000}, 422, "invalid_request"),
    ],
)
def test_bad_questions_are_refused(
    client: Client, metropolis: None, asked: dict[str, Any], status: int, code: str
) -> None:
    response = _similar(client, **asked)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_little_said_finds_nothing(client: Client, report: Report) -> None:
    assert _similar(client, address="", commune="").json() == []


def test_joining_and_leaving(client: Client, report: Report, neighbour: Conversation) -> None:
    first, again = _join(client, report, neighbour), _join(client, report, neighbour)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json() == {
        "reference": report.reference_display,
        "status": "received",
        "status_label": "Reçu",
        "supporters_count": 1,
        "people": 2,
        "is_following": True,
        "may_earn": True,
    }
    for _ in range(2):
        left = _send(client, "DELETE", f"/{report.reference}/support?conversation={neighbour.pk}")
        assert left.status_code == 200
        assert (left.json()["supporters_count"], left.json()["is_following"]) == (0, False)


def test_refusals_have_stable_codes(
    client: Client, report: Report, neighbour: Conversation
) -> None:
    assert report.conversation is not None

    def code(response: Any) -> tuple[int, str]:
        return response.status_code, response.json()["code"]

    assert code(_join(client, report, report.conversation)) == (409, "own_report")
    _join(client, report, neighbour)
    assert code(_join(client, report, visitor())) == (409, "idempotency_conflict")
    leave = f"/{report.reference}/support?conversation={report.conversation_id}"
    assert code(_send(client, "DELETE", leave)) == (404, "support_unknown")
    unknown = {"conversation": str(neighbour.pk)}
    assert code(_send(client, "POST", "/123456789/support", unknown)) == (404, "report_unknown")
    nobody = {"conversation": str(uuid.uuid4())}
    path = f"/{report.reference}/support"
    assert code(_send(client, "POST", path, nobody)) == (404, "conversation_unknown")
    Report.objects.update(state=State.REJECTED, closed_at=report.created_at)
    closed = _join(client, report, visitor(), key="turn-2:join")
    assert code(closed) == (409, "report_closed")
    assert Support.objects.count() == 1


def test_without_a_token_nothing_is_answered(client: Client, report: Report) -> None:
    for method, path in (
        ("POST", "/similar"),
        ("POST", f"/{report.reference}/support"),
        ("DELETE", f"/{report.reference}/support"),
    ):
        assert client.generic(method, URL + path).status_code == 401
