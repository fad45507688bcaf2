"""What every job of the console's worker shares: patience that is bounded."""

import logging
import math

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from service_kit.jobs import closing_connections

__all__ = ["Backoff", "closing_connections"]
_SAID_LONGEST_S = 3600
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
        # Whoever was asked may have said when to come back (an HTTP Retry-After).
        said_s = getattr(exception, "retry_after_s", None) or 0
        wait_s = max(wait_s, min(math.ceil(said_s), _SAID_LONGEST_S))
        logger.info(
            "job will be retried",
            extra={"job_id": job.id, "task_name": job.task_name, "code": type(exception).__name__},
        )
        return RetryDecision(retry_in={"seconds": wait_s})

    def is_last(self, job: Job) -> bool:
        """True when no further run follows this one."""
        return job.attempts + 1 >= self.attempts
