"""Reading reports over the API: filters, pages, ETags, and what is never told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report
from agent_console.reports.services import report_create
from agent_console.reports.steps import (
    report_assign,
    report_reject,
    report_validate,
    report_wrong_service,
)
from service_kit.tokens import ServiceToken, ServiceTokenAuth

URL = "/api/v1/reports"


@pytest.fixture
def api(client: Client) -> Client:
    secret = django_settings.CONSOLE_API_TOKENS[0].secret
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def make(metropolis: None) -> Callable[..., Report]:
    """Take in a report by phone; ``age`` moves its intake and its deadline into the past."""

    def made(*, age: timedelta = timedelta(0), **values: Any) -> Report:
        intake = {
            "category_code": "pothole",
            "channel": ChannelCode.PHONE,
            "address": "12 rue Paradis",
            "commune": "Marseille",
            "description": "Un trou devant chez Mme Martin",
        } | values
        report = report_create(intake_key=f"test:{uuid.uuid4()}", intake=Intake(**intake))
        assert report.due_at is not None
        Report.objects.filter(pk=report.pk).update(
            created_at=report.created_at - age, due_at=report.due_at - age
        )
        report.refresh_from_db()
        return report

    return made


def _listed(api: Client, **asked: str) -> list[str]:
    answer = api.get(URL, asked)
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["reports"]]


def test_the_newest_comes_first_and_no_words_are_told(
    api: Client, make: Callable[..., Report]
) -> None:
    old, new = make(age=timedelta(hours=2)), make(place="près de la boulangerie")

    answer = api.get(URL)

    rows = answer.json()["reports"]
    assert [row["reference"] for row in rows] == [new.reference_display, old.reference_display]
    assert answer.json()["next_cursor"] is None
    for words in ("Martin", "boulangerie", "Paradis"):
        assert words not in answer.text
    assert rows[0]["commune_name"] == "Marseille"
    assert rows[0]["state_label"] == "Reçu"


def test_each_filter_leaves_out_what_does_not_fit(
    api: Client, make: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    pothole = make(age=timedelta(days=40), commune="Marseille 6e")
    light = make(category_code="street_light_out", commune="Aix-en-Provence")
    leak = make(
        category_code="water_leak", channel=ChannelCode.LETTER, latitude=43.405, longitude=5.05
    )
    actor = make_user("agente", "reports.validate_report")
    report_validate(report=light, actor=actor)

    found = {
        "state": _listed(api, state="qualified"),
        "category": _listed(api, category="street_light_out"),
        "service": _listed(api, service="eclairage"),
        "commune": _listed(api, commune="13001"),
        "several": _listed(api, commune="13001", category="street_light_out", state="qualified"),
    }
    assert found == {name: [light.reference_display] for name in found}
    assert _listed(api, channel="letter") == [leak.reference_display]
    assert _listed(api, late="true") == [pothole.reference_display]
    # A commune holds its arrondissements; one of those holds only itself.
    assert _listed(api, commune="13055") == [leak.reference_display, pothole.reference_display]
    assert _listed(api, commune="13206") == [pothole.reference_display]
    week = (timezone.now() - timedelta(days=7)).isoformat()
    assert _listed(api, created_until=week) == [pothole.reference_display]
    assert _listed(api, created_since=week) == [leak.reference_display, light.reference_display]
    assert _listed(api, commune="13001", category="pothole") == []


@pytest.mark.parametrize(
    ("bbox", "is_inside"),
    [
        ("5.05,43.405,5.05,43.405", True),  # the point itself: its borders belong to a box
        ("5.04,43.40,5.06,43.41", True),  # some fine cells
        ("4.9,43.3,5.2,43.5", True),  # some coarse ones
        ("4.5,43.0,6.0,44.0", True),  # more than any cells
        ("5.051,43.40,5.06,43.41", False),  # beside it, in its cell
        ("5.1,43.3,5.4,43.5", False),
    ],
)
def test_a_box_holds_what_lies_in_it(
    api: Client, make: Callable[..., Report], bbox: str, is_inside: bool
) -> None:
    inside = make(latitude=43.405, longitude=5.05)
    make()  # without coordinates
    assert _listed(api, bbox=bbox) == ([inside.reference_display] if is_inside else [])


def test_pages_of_a_box_go_on_where_they_stopped(api: Client, make: Callable[..., Report]) -> None:
    points = [(43.405, 5.05), (43.415, 5.06), (43.405, 5.06), (43.405, 5.05)]
    made = [make(latitude=latitude, longitude=longitude) for latitude, longitude in points]
    box = {"bbox": "5.04,43.40,5.07,43.42"}

    assert _all_pages(api, box, limit=3) == [row.reference_display for row in reversed(made)]


def _all_pages(api: Client, asked: dict[str, Any], *, limit: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = api.get(URL, asked | {"limit": limit} | ({"cursor": cursor} if cursor else {}))
        found += [row["reference"] for row in page.json()["reports"]]
        cursor = page.json()["next_cursor"]
        if not cursor:
            return found


def test_pages_neither_lose_nor_repeat_while_reports_come_in(
    api: Client, make: Callable[..., Report]
) -> None:
    made = [make() for _ in range(5)]
    # Several at the same moment: the number decides.
    Report.objects.filter(pk__in=[row.pk for row in made]).update(
        created_at=timezone.now() - timedelta(minutes=1)
    )
    first = api.get(URL, {"limit": 2}).json()
    make()
    second = api.get(URL, {"limit": 2, "cursor": first["next_cursor"]}).json()
    third = api.get(URL, {"limit": 2, "cursor": second["next_cursor"]}).json()

    seen = [row["reference"] for page in (first, second, third) for row in page["reports"]]
    assert sorted(seen) == sorted(row.reference_display for row in made)
    assert third["next_cursor"] is None


def test_changes_come_oldest_first_and_none_is_missed(
    api: Client, make: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    first, second = make(), make()
    actor = make_user("agente", "reports.validate_report")
    since = {"updated_since": (timezone.now() - timedelta(days=1)).isoformat()}

    page = api.get(URL, since).json()
    assert [row["reference"] for row in page["reports"]] == [
        first.reference_display,
        second.reference_display,
    ]
    again = api.get(URL, since | {"cursor": page["next_cursor"]}).json()
    assert again["reports"] == []

    report_validate(report=first, actor=actor)  # sends no `updated_at` of its own
    news = api.get(URL, since | {"cursor": again["next_cursor"]}).json()
    assert [row["reference"] for row in news["reports"]] == [first.reference_display]
    assert news["reports"][0]["state"] == "qualified"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"cursor": "bm90LWEtY3Vyc29y"}, "cursor_invalid"),
        ({"cursor": "%%%"}, "cursor_invalid"),
        ({"cursor": "é"}, "cursor_invalid"),
        ({"category": "unicorn"}, "category_unknown"),
        ({"service": "unicorn"}, "service_unknown"),
        ({"commune": "75056"}, "commune_unknown"),
        ({"bbox": "5.4,43.2,5.3,43.4"}, "bbox_invalid"),
        ({"bbox": "5.4,43.2,5.3"}, "invalid_request"),
        ({"bbox": "nan,nan,nan,nan"}, "invalid_request"),
        ({"limit": "201"}, "invalid_request"),
        ({"limit": "0"}, "invalid_request"),
        ({"state": "lost"}, "invalid_request"),
        ({"late": "false"}, "invalid_request"),
        ({"created_since": "2026-01-01T00:00:00"}, "invalid_request"),  # without its zone
        ({"communes": "13001"}, "parameter_unknown"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    api: Client, metropolis: None, asked: dict[str, str], code: str
) -> None:
    answer = api.get(URL, asked)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["message"]


def test_a_cursor_of_the_other_order_is_refused(api: Client, make: Callable[..., Report]) -> None:
    make(), make()
    cursor = api.get(URL, {"limit": 1}).json()["next_cursor"]
    since = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    assert api.get(URL, {"cursor": cursor, "updated_since": since}).status_code == 422


def test_one_report_comes_with_its_history_and_the_words_that_were_told(
    api: Client, make: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    report = make()
    actor = make_user("agente", "reports.reject_report")
    report_reject(report=report, actor=actor, reason_code="nothing_found", reason="Rien le 3 mai")

    found = api.get(f"{URL}/{report.reference}").json()

    assert found["reference"] == report.reference_display
    assert found["place_label"] == "12 rue Paradis, Marseille"
    assert [(step["action"], step["state"]) for step in found["history"]] == [
        ("", "received"),
        ("reject", "rejected"),
    ]
    assert found["history"][1]["reason"] == "Rien le 3 mai"
    assert "Martin" not in str(found)
    assert "agente" not in str(found)


def test_words_between_colleagues_are_not_told(
    api: Client, make: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    actor = make_user(
        "agente", "reports.validate_report", "reports.assign_report", "reports.work_report"
    )
    report = report_validate(report=make(), actor=actor)
    report = report_assign(report=report, actor=actor, service_code="voirie")
    report_wrong_service(report=report, actor=actor, reason="Entre nous")
    assert "Entre nous" not in api.get(f"{URL}/{report.reference}").text


@pytest.mark.parametrize("reference", ["123-456-789", "nonsense", "000000000000"])
def test_an_unknown_reference_is_said_to_be(api: Client, db: None, reference: str) -> None:
    answer = api.get(f"{URL}/{reference}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "report_unknown"


def test_what_did_not_change_is_not_sent_again(
    api: Client, make: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    report = make()
    for url in (URL, f"{URL}/{report.reference}"):
        etag = api.get(url).headers["ETag"]
        same = api.get(url, headers={"If-None-Match": etag})
        assert (same.status_code, same.content) == (304, b"")
    report_validate(report=report, actor=make_user("agente", "reports.validate_report"))
    assert api.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_only_a_token_with_the_scope_reads(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(URL).status_code == 401
    stranger = ServiceToken(name="stranger", secret="s" * 32, scopes=frozenset({"places:read"}))
    monkeypatch.setattr(ServiceTokenAuth, "authenticate", lambda *given: stranger)
    for url in (URL, f"{URL}/123456789"):
        answer = api.get(url)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_the_number_of_queries_does_not_grow(
    api: Client,
    make: Callable[..., Report],
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(4):
        make()
    with django_assert_num_queries(1):
        api.get(URL)
