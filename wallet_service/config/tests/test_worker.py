"""The worker as a process of its own: it does what is due, also after one that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from service_kit.jobs import require_a_worker

WAIT_S = 120  # for a process to start beside other suites
ENDS_WITHIN_S = 40


@pytest.fixture
def clean_queue(committed_db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_workers RESTART IDENTITY CASCADE"
        )


@pytest.fixture
def start(clean_queue: None) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start workers on the test's own database; they end with the test."""
    settings = connection.settings_dict
    url = (
        f"postgresql://{settings['USER']}:{settings['PASSWORD']}"
        f"@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        environment = os.environ | {"MDMP_DB_ROLE": "owner", "WALLET_DATABASE_OWNER_URL": url}
        command = [sys.executable, "-m", "wallet_service.manage", "work"]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def _until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {WAIT_S} s: {what}")
        time.sleep(0.1)


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def _worker_is_alive() -> bool:
    try:
        require_a_worker()
    except RuntimeError:
        return False
    return True


def test_what_a_dead_worker_left_holds_up_nobody(
    start: Callable[[], subprocess.Popen[bytes]],
) -> None:
    # A run that its worker never ended, and the next one waiting: both have the queueing lock.
    lapses = app.configure_task("wallet.lapse_holds", queueing_lock="lapse_holds")
    lapses.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
            " RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    lapses.defer(timestamp=60)
    assert not _worker_is_alive()
    start()
    _until(_worker_is_alive, "the worker's sign of life")
    _until(lambda: _jobs() == 0, "both runs done")


def test_a_killed_worker_is_missed_and_a_stopped_one_ends_cleanly(
    start: Callable[[], subprocess.Popen[bytes]],
) -> None:
    first = start()
    _until(_worker_is_alive, "the first worker's sign of life")
    first.kill()
    _until(lambda: not _worker_is_alive(), "silence after the kill")
    second = start()
    _until(_worker_is_alive, "the second worker's sign of life")
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=ENDS_WITHIN_S) == 0
    assert app.tasks["wallet.lapse_holds"].queueing_lock == "lapse_holds"
