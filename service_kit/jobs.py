"""What the job workers (procrastinate) of both services share."""

import asyncio
import functools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, connections
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector

_HEALING_INTERVAL_S = 2.0
# A worker writes a heartbeat every two seconds; see PROCRASTINATE_WORKER_DEFAULTS.
_WORKER_SILENT_S = 8
logger = logging.getLogger(__name__)


def closing_connections[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Give a job's database connection back to the pool: its thread may not come back."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return wrapper


def require_a_worker() -> None:
    """Raises ``RuntimeError`` when no worker gave a sign of life lately; for readiness checks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s) LIMIT 1",
            [_WORKER_SILENT_S],
        )
        if cursor.fetchone() is None:
            raise RuntimeError("no worker is alive")


class WorkerConnector(PsycopgConnector):
    """Connections of its own for the worker, and Django's for what a job puts into the queue.

    Procrastinate's own worker connector would commit such a job at once, on a connection of its
    own: another thread may run it before the transaction that it belongs to, find nothing to do and
    end, and what was written meanwhile would wait for ever.
    """

    def __init__(self, joined: DjangoConnector) -> None:
        """``joined``: what the process outside the worker uses."""
        super().__init__(kwargs=connector_params(joined.alias))
        self._joined = joined

    def get_sync_connector(self) -> BaseConnector:
        """The connection of the thread that asks, with the transaction that is open on it."""
        return self._joined


def run_worker(app: App) -> None:
    """Run jobs, and put those of dead workers back into the queue, until the process is ended."""
    asyncio.run(_work(app))


async def retry_stalled_jobs(app: App) -> None:
    """Put the jobs of a killed worker back into the queue, for ever.

    After ``kill -9`` a job stays ``doing`` and holds its lock: whatever waits for the lock would
    stand still.  Workers write a heartbeat; a job whose worker fell silent is retried, in order.
    Every job is safe to run again.
    """
    silent_s = settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"]
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s):
            logger.warning(
                "stalled job is retried", extra={"job_id": job.id, "task_name": job.task_name}
            )
            try:
                await app.job_manager.retry_job(job)
            except exceptions.ConnectorException as exc:
                # One job that can't be put back must not stop the healing of the others; a
                # database that is away ends this at the next look, and the worker with it.
                logger.error(
                    "stalled job can't be retried",
                    extra={"job_id": job.id, "code": type(exc).__name__},
                )
        await asyncio.sleep(_HEALING_INTERVAL_S)


async def _work(app: App) -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(WorkerConnector(app.connector)):
        async with app.open_async():
            parts = {
                asyncio.create_task(app.run_worker_async(install_signal_handlers=True)),
                asyncio.create_task(retry_stalled_jobs(app)),
                _unhandled_failure(asyncio.get_running_loop()),
            }
            # Whichever ends first ends the process; the supervisor starts it again.
            done, rest = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in rest:
                part.cancel()
            for part in done:
                part.result()


def _unhandled_failure(loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    """A future that fails when something in the loop failed and nobody took notice.

    A job whose end can't be written down (the database went away) stays ``doing`` under a worker
    that lives on, so nothing would ever retry it: such a worker must end.
    """
    failure: asyncio.Future[None] = loop.create_future()

    def on_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        loop.default_exception_handler(context)
        if not failure.done():
            failure.set_exception(context.get("exception") or RuntimeError(context["message"]))

    loop.set_exception_handler(on_failure)
    return failure
