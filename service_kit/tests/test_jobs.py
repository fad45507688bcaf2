"""What a job puts into the queue belongs to the job's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from service_kit.jobs import WorkerConnector, closing_connections

pytestmark = pytest.mark.django_db(transaction=True)
WRITES, FOLLOWS = "test.writes", "test.follows"


def worked() -> None:
    """Run what is due, as a worker does."""
    assert isinstance(app.connector, DjangoConnector)

    async def once() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    with app.replace_connector(WorkerConnector(app.connector)):
        asyncio.run(once())


@pytest.fixture
def seen_outside() -> Iterator[list[int]]:
    """A job that puts another one into the queue and may fail; what others see meanwhile."""
    with connection.cursor() as cursor:  # the queue's tables outlive a test
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name IN (%s, %s)", [WRITES, FOLLOWS]
        )
    seen: list[int] = []
    told = str(connection.get_connection_params()["dbname"])

    @app.task(name=WRITES)
    @closing_connections
    def writes(fails: bool) -> None:
        with transaction.atomic():
            app.configure_task(FOLLOWS, schedule_in={"hours": 1}).defer()
            settings = connection.get_connection_params()
            keys = ("host", "port", "user", "password")
            with psycopg.connect(dbname=told, **{key: settings[key] for key in keys}) as other:
                row = other.execute(
                    "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [FOLLOWS]
                ).fetchone()
            assert row is not None
            seen.append(row[0])
            if fails:
                raise ValueError

    yield seen
    del app.tasks[WRITES]


def following() -> int:
    return ProcrastinateJob.objects.filter(task_name=FOLLOWS).count()


def test_a_job_that_a_job_defers_is_there_with_the_commit(seen_outside: list[int]) -> None:
    app.configure_task(WRITES).defer(fails=False)
    worked()
    assert seen_outside == [0]
    assert following() == 1


def test_a_job_that_a_failing_job_defers_is_gone_with_the_rollback(seen_outside: list[int]) -> None:
    app.configure_task(WRITES).defer(fails=True)
    worked()
    assert seen_outside == [0]
    assert following() == 0
