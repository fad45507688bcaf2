"""What a crew does: once per key, refused with words, nothing half done."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agent_console.crews.acting import crew_act
from agent_console.crews.errors import KeyConflict, NotOfYourService, PhotoMissing
from agent_console.crews.models import CrewAction
from agent_console.crews.tests.conftest import PAGE, act
from agent_console.photos.models import Photo
from agent_console.photos.tests.pictures import encoded, scene
from agent_console.reports import steps
from agent_console.reports.errors import PermissionMissing, TransitionRefused
from agent_console.reports.models import Report, ReportPhoto
from agent_console.reports.workflow import State

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def test_a_crew_begins_and_resolves(crew: User, give: Callable[..., Report]) -> None:
    report = give()
    crew_act(report_id=report.id, act=act("start"), actor=crew)
    report.refresh_from_db()
    assert report.state == State.IN_PROGRESS
    done = act("resolve", reason_code="repaired", words="Deux sacs d’enrobé")
    crew_act(report_id=report.id, act=done, actor=crew)
    report.refresh_from_db()
    last = report.transitions.last()
    assert last is not None
    assert (report.state, last.actor) == (State.RESOLVED, crew)
    assert (last.reason_label, last.reason) == ("C’est réparé", "Deux sacs d’enrobé")


def test_the_same_key_is_done_once_and_another_content_is_refused(
    crew: User, give: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    report, other = give(), give()
    sent = act("wrong_service", words="C’est l’eau")
    first = crew_act(report_id=report.id, act=sent, actor=crew)
    assert crew_act(report_id=report.id, act=sent, actor=crew) == first
    assert report.transitions.filter(action="wrong_service").count() == 1
    changed = act("wrong_service", key=sent.key, words="C’est le gaz")
    colleague = make_user("collegue", "reports.work_report")
    for report_id, what, who in (
        (report.id, changed, crew),
        (other.id, sent, crew),
        (report.id, sent, colleague),
    ):
        with pytest.raises(KeyConflict):
            crew_act(report_id=report_id, act=what, actor=who)
    assert CrewAction.objects.count() == 1


def test_only_the_services_own_crew_acts(
    crew: User, give: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    elsewhere, mine = give("eau"), give()
    with pytest.raises(NotOfYourService):
        crew_act(report_id=elsewhere.id, act=act("start"), actor=crew)
    with pytest.raises(NotOfYourService):
        crew_act(report_id=uuid.uuid4(), act=act("start"), actor=crew)
    reader = make_user("lectrice", "reports.view_report")
    with pytest.raises(PermissionMissing):
        crew_act(report_id=mine.id, act=act("start"), actor=reader)
    assert not CrewAction.objects.exists()


def test_only_what_was_reopened_is_resumed(
    crew: User, operator: User, give: Callable[..., Report]
) -> None:
    report = give()
    steps.report_wrong_service(report=report, actor=crew, reason="Pas nous")
    with pytest.raises(TransitionRefused):
        crew_act(report_id=report.id, act=act("resume"), actor=crew)
    steps.report_assign(report=report, actor=operator, service_code="voirie")
    steps.report_resolve(report=report, actor=crew)
    steps.report_reopen(report=report, actor=operator, reason="Encore là")
    crew_act(report_id=report.id, act=act("resume"), actor=crew)
    report.refresh_from_db()
    assert report.state == State.IN_PROGRESS


def test_step_and_key_commit_together(crew: User, give: Callable[..., Report]) -> None:
    report = give()
    sent = act("start")
    with (
        patch.object(CrewAction.objects, "create", side_effect=DatabaseError),
        pytest.raises(DatabaseError),
    ):
        crew_act(report_id=report.id, act=sent, actor=crew)
    report.refresh_from_db()
    assert report.state == State.ASSIGNED
    crew_act(report_id=report.id, act=sent, actor=crew)
    report.refresh_from_db()
    assert report.state == State.IN_PROGRESS


def test_the_database_keeps_what_was_done(crew: User, give: Callable[..., Report]) -> None:
    done = crew_act(report_id=give().id, act=act("start"), actor=crew)
    with pytest.raises(DatabaseError), transaction.atomic():
        CrewAction.objects.filter(pk=done.pk).delete()


def test_photos_before_and_after_are_joined_once(
    phone: Client, give: Callable[..., Report], photo_files: Path
) -> None:
    report = give()
    for action in ("photo_before", "photo_after"):
        key, content = uuid.uuid4().hex, encoded(scene(1))
        for _ in range(2):
            answer = phone.post(
                f"{PAGE}{report.reference}/{action}/",
                {"key": key, "photo": SimpleUploadedFile("photo.jpg", content)},
                headers=JSON,
            )
            assert answer.status_code == 200, answer.text
    joined = ReportPhoto.objects.filter(report=report).order_by("pk")
    assert [one.kind for one in joined] == ["before", "after"]
    assert {one.photo.uploader for one in joined} == {"staff"}
    assert Photo.objects.count() == 2
    page = phone.get(f"{PAGE}{report.reference}/").text
    assert "Avant intervention" in page
    assert "Après intervention" in page


def test_what_is_no_photo_is_refused_with_words(
    phone: Client, crew: User, give: Callable[..., Report], photo_files: Path
) -> None:
    report = give()
    answer = phone.post(
        f"{PAGE}{report.reference}/photo_after/",
        {"key": uuid.uuid4().hex, "photo": SimpleUploadedFile("p.jpg", b"<svg/>" * 90)},
        headers=JSON,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "photo_type_refused")
    with pytest.raises(PhotoMissing):
        crew_act(report_id=report.id, act=act("photo_after"), actor=crew)
    assert not ReportPhoto.objects.exists()


def test_when_a_colleague_was_faster_the_words_are_not_lost(
    phone: Client, operator: User, give: Callable[..., Report]
) -> None:
    report = give()
    steps.report_resolve(report=report, actor=operator)
    address = f"{PAGE}{report.reference}/resolve/"
    body = {"key": uuid.uuid4().hex, "reason_code": "cleaned", "words": "Balayé à la main"}
    answer = phone.post(address, body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert "« Résolu »" in answer.json()["message"]
    assert "Camille" in answer.json()["message"]
    page = phone.post(address, body)
    assert page.status_code == 409
    assert "Balayé à la main" in page.text
    assert "Camille" in page.text
    assert report.transitions.filter(action="resolve").count() == 1
    assert not CrewAction.objects.exists()


def test_a_plain_form_works_without_a_script(phone: Client, give: Callable[..., Report]) -> None:
    report = give()
    address = f"{PAGE}{report.reference}/"
    page = phone.post(f"{address}start/", {"key": uuid.uuid4().hex}, follow=True)
    assert "L’intervention a commencé" in page.text
    unsaid = phone.post(f"{address}wrong_service/", {"key": uuid.uuid4().hex, "words": " "})
    assert unsaid.status_code == 422
    assert "Dites pourquoi." in unsaid.text
    unchosen = phone.post(f"{address}resolve/", {"key": uuid.uuid4().hex, "words": "Fait"})
    assert unchosen.status_code == 422
    assert "Choisissez ce qui a été fait." in unchosen.text
    assert "Fait</textarea>" in unchosen.text
    assert phone.post(f"{address}validate/", {"key": uuid.uuid4().hex}).status_code == 404
    given_away = phone.post(
        f"{address}wrong_service/", {"key": uuid.uuid4().hex, "words": "C’est l’eau"}, follow=True
    )
    assert "attend un opérateur" in given_away.text


@pytest.fixture
def _queue_emptied(transactional_db: None) -> Iterator[None]:
    """Jobs that a test commits would be found by the next one: they are in no table of Django's."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("_queue_emptied")
@pytest.mark.django_db(transaction=True)
def test_the_same_draft_sent_five_times_at_once_is_done_once(
    crew: User, give: Callable[..., Report]
) -> None:
    report, sent = give(), act("start")
    start = threading.Barrier(5)

    def send(_: int) -> uuid.UUID:
        start.wait()
        try:
            return crew_act(report_id=report.id, act=sent, actor=crew).key
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(send, range(5))) == {sent.key}
    assert report.transitions.filter(action="start").count() == 1
