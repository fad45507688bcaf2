"""The worker's jobs of collectors."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from . import selectors
from .rewarding import deposits_reward

# Only for a database that is away: a wallet that is away is waited for deposit by deposit.
_RETRY = Backoff(attempts=10, longest_s=60)

logger = logging.getLogger(__name__)


@app.task(name="collectors.reward", retry=_RETRY)
@closing_connections
def reward() -> None:
    deposits_reward()


@app.periodic(cron="* * * * *")
@app.task(name="collectors.reward_again", lock="collectors.reward", retry=_RETRY)
@closing_connections
def reward_again(timestamp: int) -> None:
    """Every minute: deposits whose next try has come, whatever became of their first job."""
    deposits_reward()


@app.periodic(cron="7 * * * *")
@app.task(name="collectors.watch", retry=_RETRY)
@closing_connections
def watch(timestamp: int) -> None:
    """Every hour, for whoever watches the logs: how many deposits a person should look at, and how
    many wait for a cap."""
    now = timezone.now()
    if failing := selectors.deposits_failing(now=now).count():
        logger.error("deposits to look at", extra={"count": failing, "state": "due"})
    if limited := selectors.deposits_limited(now=now).count():
        logger.info("deposits wait for a cap", extra={"count": limited, "state": "due"})
