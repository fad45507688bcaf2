"""Places, answers and intakes that no conversation carries."""

import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from agent_console.conversations.models import Conversation
from agent_console.places.services import communes_load
from agent_console.reports import errors
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, ReportReward
from agent_console.reports.services import report_create
from agent_console.reports.taxonomy import taxonomy_load

OLD_PORT: dict[str, Any] = {"latitude": 43.2951, "longitude": 5.3736}


def _take_in(key: str = "test:one", **values: Any) -> Report:
    values = {"category_code": "pothole", "channel": "phone"} | values
    return report_create(intake_key=key, intake=Intake(**values))


@pytest.mark.parametrize(
    ("place", "commune"),
    [
        ({"address": "12 rue Paradis", "commune": "Marseille"}, "13055"),
        ({"address": "12 rue Paradis, 13006 Marseille"}, "13206"),
        ({"place": "devant la gare", "commune": "Aubagne"}, "13005"),
        ({"place": "devant la gare", "postcode": "13400"}, "13005"),
        (OLD_PORT, None),
        ({**OLD_PORT, "place": "sur le port"}, None),
        ({**OLD_PORT, "commune": "Marseille 1er"}, "13201"),
    ],
)
def test_any_way_to_find_the_place_is_enough(
    metropolis: None, place: dict[str, Any], commune: str | None
) -> None:
    report = _take_in(**place)
    assert report.commune_id == commune
    assert report.place_label
    assert report.assigned_to_id == "voirie"


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ({}, errors.PlaceMissing),
        ({"commune": "Marseille"}, errors.PlaceMissing),
        ({"address": "12 rue de Rivoli"}, errors.CommuneUnknown),
        ({"place": "devant la gare"}, errors.CommuneUnknown),
        ({**OLD_PORT, "commune": "Lyon"}, errors.CommuneUnknown),
        ({"latitude": 48.85, "longitude": 2.35}, errors.OutsideTerritory),
        ({"latitude": 43.3}, errors.CoordinatesInvalid),
        ({"latitude": 143.3, "longitude": 5.4}, errors.CoordinatesInvalid),
        ({"latitude": float("nan"), "longitude": 5.4}, errors.CoordinatesInvalid),
        ({**OLD_PORT, "channel": ""}, errors.ChannelMissing),
        ({**OLD_PORT, "category_code": "nothing"}, errors.CategoryUnknown),
    ],
)
def test_what_nobody_can_find_is_refused_and_stores_nothing(
    metropolis: None, place: dict[str, Any], error: type[errors.ReportError]
) -> None:
    with pytest.raises(error) as refused:
        _take_in(**place)
    assert refused.value.message.endswith((".", "position."))
    assert not Report.objects.exists()


def test_the_database_refuses_half_a_position_and_nowhere(metropolis: None) -> None:
    report = _take_in(address="12 rue Paradis", commune="Marseille")
    for change in ({"latitude": 43.3}, {"latitude": 95.0, "longitude": 5.0}, {"commune": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(duplicate_of=report.pk)


def test_an_operator_writes_down_what_came_by_letter(
    metropolis: None, make_user: Callable[..., User]
) -> None:
    operator = make_user("camille")
    report = _take_in(
        channel="letter",
        created_by=operator,
        on_behalf="relative",
        category_code="pothole",
        address="12 rue Paradis",
        commune="Marseille",
        answers={"side": "odd"},
    )
    assert (report.channel, report.on_behalf, report.created_by) == ("letter", "relative", operator)
    assert report.transitions.get().actor == operator
    assert report.answers == {"side": "odd"}
    assert not ReportReward.objects.exists(), "nobody is known who could earn something"


@pytest.mark.parametrize(
    ("category", "answers"),
    [
        ("pothole", {"side": "left"}),
        ("pothole", {"colour": "red"}),
        ("street_light_out", {"how_many": "three"}),
        ("street_light_out", {"lamp_number": "x" * 201}),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_name(
    metropolis: None, category: str, answers: dict[str, str]
) -> None:
    with pytest.raises(errors.AnswerInvalid) as refused:
        _take_in(category_code=category, answers=answers, **OLD_PORT)
    assert refused.value.fields == {f"answers.{next(iter(answers))}": "invalid"}


def test_answers_are_trimmed_and_empty_ones_dropped(metropolis: None) -> None:
    answers = {"lamp_number": " 13A-7 ", "how_many": "  "}
    report = _take_in(category_code="street_light_out", answers=answers, **OLD_PORT)
    assert report.answers == {"lamp_number": "13A-7"}


def test_another_answer_or_position_under_the_same_key_is_a_conflict(metropolis: None) -> None:
    first = _take_in(answers={"side": "odd"}, **OLD_PORT)
    assert _take_in(answers={"side": "odd"}, **OLD_PORT) == first
    for change in ({"answers": {"side": "even"}}, {"latitude": 43.2952}, {"channel": "email"}):
        with pytest.raises(errors.IntakeConflict):
            _take_in(**({"answers": {"side": "odd"}} | OLD_PORT | change))


def test_a_draft_sent_before_the_upgrade_keeps_its_digest(
    metropolis: None, conversation: Conversation
) -> None:
    """The digest of the six parts that there were at first."""
    report = report_create(
        intake_key="actions:turn-1:report",
        intake=Intake(
            conversation=conversation,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            description="Un trou",
        ),
    )
    parts = [str(conversation.id), "pothole", "12 rue Paradis", "Marseille", "", "Un trou"]
    assert bytes(report.intake_sha256) == hashlib.sha256(json.dumps(parts).encode()).digest()


@pytest.mark.django_db(transaction=True)
def test_the_same_intake_sent_twice_at_once_is_taken_in_once(committed_jobs: None) -> None:
    communes_load()
    taxonomy_load()
    barrier, made = threading.Barrier(2), []

    def send() -> None:
        try:
            barrier.wait(timeout=20)
            made.append(_take_in(**OLD_PORT).reference)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert Report.objects.count() == 1
