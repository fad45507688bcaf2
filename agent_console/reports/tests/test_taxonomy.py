"""The shipped taxonomy, how it is brought in, and how programs read it."""

import json

import pytest
from django.conf import settings
from django.test import Client

from agent_console.conversations.models import Conversation
from agent_console.reports.models import Category, Clock, Question, QuestionKind
from agent_console.reports.taxonomy import taxonomy_load

URL = "/api/v1/reports/categories"
HEADERS = {"Authorization": f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"}


def test_each_category_is_usable(metropolis: None) -> None:
    categories = Category.objects.prefetch_related("questions")
    assert len(categories) == 22
    for category in categories:
        assert category.label_fr, category.code
        assert category.label_en, category.code
        assert category.service_id, category.code
        assert 0 < category.target_hours <= 240, category.code
        if category.clock == Clock.ALWAYS:
            assert category.target_hours <= 24, category.code
        assert 0 < category.reopen_days <= 365, category.code
        if category.family:
            assert 10 <= category.duplicate_radius_m <= 500, category.code
            assert 1 <= category.duplicate_age_days <= 365, category.code
        else:
            assert category.code == "other"
        assert len(category.questions.all()) <= 2, "nobody answers a questionnaire in the street"
        for question in category.questions.all():
            assert question.label_fr.endswith(("\u00a0?", ")")), question.label_fr
            assert "?" in question.label_en
            assert bool(question.choices) == (question.kind == QuestionKind.CHOICE)
            for choice in question.choices:
                assert set(choice) == {"code", "label_fr", "label_en"}
                assert all(isinstance(value, str) and value for value in choice.values())


def test_rows_from_before_get_what_is_new_once_and_keep_what_was_changed(metropolis: None) -> None:
    Question.objects.all().delete()
    Category.objects.filter(pk="pothole").update(
        data_version=0, family="", target_hours=12, label_fr="Nid-de-poule"
    )
    taxonomy_load()
    pothole = Category.objects.get(pk="pothole")
    assert (pothole.family, pothole.target_hours) == ("carriageway", 12)
    assert pothole.label_fr == "Nid-de-poule"
    assert [question.code for question in pothole.questions.all()] == ["side"]
    assert not Question.objects.exclude(category=pothole).exists(), "what was removed stays away"
    Category.objects.filter(pk="pothole").update(family="")
    taxonomy_load()
    assert Category.objects.get(pk="pothole").family == ""


def test_programs_read_the_categories_with_their_questions(
    client: Client, metropolis: None
) -> None:
    response = client.get(URL, headers=HEADERS)
    assert response.status_code == 200
    row = next(row for row in response.json() if row["code"] == "street_light_out")
    assert row["service_label"] == "Éclairage public"
    assert (row["clock"], row["target_hours"], row["points"]) == ("working", 72, 10)
    assert [(q["code"], q["kind"]) for q in row["questions"]] == [
        ("lamp_number", "text"),
        ("how_many", "number"),
    ]


def test_nothing_is_sent_again_until_something_changes(client: Client, metropolis: None) -> None:
    etag = client.get(URL, headers=HEADERS).headers["ETag"]
    again = client.get(URL, headers=HEADERS | {"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    Question.objects.filter(code="how_many").update(is_required=True)
    changed = client.get(URL, headers=HEADERS | {"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_the_categories_are_for_services_only(client: Client, metropolis: None) -> None:
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"answers": {"lamp_number": "13A-7"}}, 201, ""),
        ({"answers": {"lamp_number": 13}}, 422, "invalid_request"),
        ({"answers": {"animal": "chat"}}, 422, "answer_invalid"),
        ({"latitude": 43.3, "longitude": 5.37, "address": "", "commune": ""}, 201, ""),
        ({"latitude": 43.3}, 422, "coordinates_invalid"),
        ({"latitude": "43.3", "longitude": 5.37}, 422, "invalid_request"),
        ({"latitude": 48.8, "longitude": 2.3}, 422, "outside_territory"),
        ({"on_behalf": "nobody"}, 422, "invalid_request"),
        ({"postcode": "1300"}, 422, "invalid_request"),
    ],
)
def test_the_intake_accepts_what_is_new_and_checks_it(
    client: Client,
    metropolis: None,
    conversation: Conversation,
    change: dict[str, object],
    status: int,
    code: str,
) -> None:
    body = {
        "conversation": str(conversation.id),
        "category": "street_light_out",
        "address": "12 rue Paradis",
        "commune": "Marseille",
    }
    response = client.post(
        "/api/v1/reports",
        json.dumps(body | change),
        content_type="application/json",
        headers=HEADERS | {"Idempotency-Key": "turn-1:submit"},
    )
    assert response.status_code == status, response.text
    if code:
        assert response.json()["code"] == code
    else:
        expected = ["how_many"] if "answers" in change else ["lamp_number", "how_many"]
        assert response.json()["questions_missing"] == expected
