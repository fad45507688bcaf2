"""What every job of the worker shares: patience that is bounded, and connections given back."""

import asyncio
import functools
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connections
from procrastinate import App, BaseRetryStrategy, RetryDecision, exceptions
from procrastinate.jobs import Job

_HEALING_INTERVAL_S = 2.0
logger = logging.getLogger(__name__)


class Backoff(BaseRetryStrategy):
    """Waits 1, 2, 4 … seconds, at most ``longest_s``; gives up after ``attempts`` runs."""

    def __init__(self, *, attempts: int, longest_s: int) -> None:
        self.attempts = attempts
        self._longest_s = longest_s

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run ``job`` again, or ``None`` when it has been run often enough."""
        if job.attempts + 1 >= self.attempts:
            return None
        wait_s = min(2 ** min(job.attempts, 30), self._longest_s)
        logger.info(
            "job will be retried",
            extra={"job_id": job.id, "task_name": job.task_name, "code": type(exception).__name__},
        )
        return RetryDecision(retry_in={"seconds": wait_s})

    def is_last(self, job: Job) -> bool:
        """True when no further run follows this one."""
        return job.attempts + 1 >= self.attempts


def closing_connections[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Give a job's database connection back to the pool: its thread may not come back."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return wrapper


async def retry_stalled_jobs(app: App) -> None:
    """Put the jobs of a killed worker back into the queue, for ever.

    After ``kill -9`` a job stays ``doing`` and holds its lock: its conversation would stand still.
    Workers write a heartbeat; a job whose worker fell silent is retried, in order.  Every job is
    safe to run again.
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
