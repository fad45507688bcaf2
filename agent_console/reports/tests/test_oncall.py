"""Dangers wake people again and again, until one of them takes it up."""

import threading
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from agent_console.places.services import communes_load
from agent_console.reports import errors, mail, services, steps, taxonomy
from agent_console.reports.intake import Intake
from agent_console.reports.models import OnCallPage, OnCallSettings, Report
from agent_console.reports.oncall import page_acknowledge, pages_repeat


def _danger(key: str = "test:danger") -> Report:
    return services.report_create(
        intake_key=key,
        intake=Intake(
            category_code="manhole_cover",
            channel="phone",
            address="12 rue Paradis",
            commune="Marseille",
            description="Mon nom est Dupont",
        ),
    )


@pytest.fixture
def danger(metropolis: None) -> Report:
    return _danger()


@pytest.fixture
def oncall(make_user: Callable[..., User]) -> User:
    return make_user("astreinte", "reports.acknowledge_page", "reports.validate_report")


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.IS_EMAIL_ON = True
    settings.ONCALL_EMAIL = "astreinte@example.org"


def test_a_danger_pages_at_once_and_a_pothole_never(danger: Report, report: Report) -> None:
    page = OnCallPage.objects.get()
    assert (page.report, page.level, page.ended_at) == (danger, 1, None)
    assert ProcrastinateJob.objects.filter(task_name="reports.page").count() == 1


def test_it_is_repeated_higher_until_somebody_takes_it_up(danger: Report, oncall: User) -> None:
    now = timezone.now()
    assert pages_repeat(now=now, limit=10) == 0
    levels = []
    for round_ in range(1, 5):
        assert pages_repeat(now=now + timedelta(minutes=11 * round_), limit=10) == 1
        levels.append(OnCallPage.objects.get().level)
    assert levels == [2, 3, 3, 3], "it goes on at the highest level"
    page = page_acknowledge(page_id=OnCallPage.objects.get().pk, actor=oncall)
    assert page.acknowledged_by == oncall
    assert pages_repeat(now=now + timedelta(days=1), limit=10) == 0


def test_the_first_who_takes_it_up_stays_named(
    danger: Report, oncall: User, make_user: Callable[..., User]
) -> None:
    page_id = OnCallPage.objects.get().pk
    page_acknowledge(page_id=page_id, actor=oncall)
    late = make_user("late", "reports.acknowledge_page")
    assert page_acknowledge(page_id=page_id, actor=late).acknowledged_by == oncall


def test_only_who_may_takes_it_up(danger: Report, make_user: Callable[..., User]) -> None:
    with pytest.raises(errors.PermissionMissing):
        page_acknowledge(page_id=OnCallPage.objects.get().pk, actor=make_user("visitor"))
    with pytest.raises(errors.PageUnknown):
        page_acknowledge(page_id=0, actor=make_user("x", "reports.acknowledge_page"))
    assert OnCallPage.objects.get().ended_at is None


def test_a_closed_report_wakes_nobody_and_reopening_does(
    danger: Report, make_user: Callable[..., User]
) -> None:
    chief = make_user("chief", "reports.reject_report", "reports.reopen_report")
    steps.report_reject(report=danger, actor=chief, reason_code="nothing_found")
    page = OnCallPage.objects.get()
    assert page.ended_at is not None
    assert page.acknowledged_by is None
    assert pages_repeat(now=timezone.now() + timedelta(days=1), limit=10) == 0
    steps.report_reopen(report=danger, actor=chief, reason="Le trou est là")
    assert OnCallPage.objects.filter(ended_at=None).count() == 1


def test_a_supervisor_sets_the_pause_and_the_levels(metropolis: None) -> None:
    OnCallSettings.objects.update(repeat_minutes=2, levels=1)
    _danger()
    assert pages_repeat(now=timezone.now() + timedelta(minutes=3), limit=10) == 1
    assert OnCallPage.objects.get().level == 1


def test_people_on_call_are_written_to_without_a_word_of_the_citizens(
    danger: Report, oncall: User, mailing: None
) -> None:
    page = OnCallPage.objects.get()
    assert mail.page_mail(page_id=page.pk, level=2) is True
    (sent,) = outbox.outbox
    assert sent.to == ["astreinte@example.org"]
    assert "rappel 2" in sent.subject
    assert danger.reference_display in sent.body
    assert f"/console/reports/{danger.reference}/" in sent.body
    assert "Dupont" not in sent.body
    page_acknowledge(page_id=page.pk, actor=oncall)
    assert mail.page_mail(page_id=page.pk, level=3) is False
    assert len(outbox.outbox) == 1


def test_a_mail_server_that_is_away_is_asked_again(danger: Report, mailing: None) -> None:
    with (
        patch("django.core.mail.EmailMessage.send", side_effect=SMTPException),
        pytest.raises(SMTPException),
    ):
        mail.page_mail(page_id=OnCallPage.objects.get().pk, level=1)


def test_without_an_address_nothing_is_written_and_the_worker_says_so(
    danger: Report, settings: Settings
) -> None:
    settings.IS_EMAIL_ON, settings.ONCALL_EMAIL = False, ""
    assert mail.page_mail(page_id=OnCallPage.objects.get().pk, level=1) is False
    assert len(mail.said_at_start()) == 2
    settings.IS_EMAIL_ON, settings.ONCALL_EMAIL = True, "a@example.org"
    assert mail.said_at_start() == []


def test_report_and_page_commit_together(metropolis: None) -> None:
    with (
        patch("agent_console.reports.queue.enqueue_page", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        _danger()
    assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_repeat_a_page_once(committed_jobs: None) -> None:
    communes_load()
    taxonomy.taxonomy_load()
    _danger()
    now = timezone.now() + timedelta(minutes=11)
    barrier, counts = threading.Barrier(2), []

    def repeat() -> None:
        try:
            barrier.wait(timeout=20)
            counts.append(pages_repeat(now=now, limit=10))
        finally:
            connection.close()

    threads = [threading.Thread(target=repeat) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1
    assert OnCallPage.objects.get().level == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_reads_who_was_first(
    committed_jobs: None, oncall: User, make_user: Callable[..., User]
) -> None:
    communes_load()
    taxonomy.taxonomy_load()
    _danger()
    page_id = OnCallPage.objects.get().pk
    late = make_user("late", "reports.acknowledge_page")
    named: list[User | None] = []

    def acknowledge() -> None:
        try:
            page = page_acknowledge(page_id=page_id, actor=late)
            named.append(page.acknowledged_by)
        finally:
            connection.close()

    second = threading.Thread(target=acknowledge)
    with transaction.atomic():
        page_acknowledge(page_id=page_id, actor=oncall)
        second.start()
        _wait_for_a_waiter(second)
    second.join()
    assert named == [oncall]


def _wait_for_a_waiter(thread: threading.Thread) -> None:
    """Until somebody waits for a lock of ours."""
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
