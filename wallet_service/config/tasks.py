"""What the wallet does by the clock.

Each task is level-triggered: it does what is due now, in short transactions, so a worker that dies
leaves the rest to the next run.  The queueing lock keeps runs from piling up behind a slow one; two
that meet take different rows.  There is no lock beside it: the run of a dead worker would hold it,
and could not be queued again while the next one waits for that lock.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.utils import timezone
from procrastinate.contrib.django import app

from service_kit.jobs import closing_connections
from wallet_service.ledger.services import (
    closed_wallets_empty,
    merged_points_follow,
    points_expire_due,
)
from wallet_service.offers.domain import LimitLevel
from wallet_service.offers.selectors.limits import limit_figures
from wallet_service.offers.services.lapsing import holds_lapse_due
from wallet_service.rewards.posting import rewards_post_due

logger = logging.getLogger(__name__)
# Rows a step, and steps a run: a run ends within minutes whatever has piled up.
STEP = 500
STEPS = 200


@app.periodic(cron="* * * * *")
@app.task(name="wallet.lapse_holds", queueing_lock="lapse_holds")
@closing_connections
def lapse_holds(timestamp: int) -> None:
    """Return the points of vouchers that nobody used in time."""
    drain(holds_lapse_due)


@app.periodic(cron="*/5 * * * *")
@app.task(name="wallet.post_rewards", queueing_lock="post_rewards")
@closing_connections
def post_rewards(timestamp: int) -> None:
    """Post the rewards whose date has come and that nobody objected to."""
    drain(rewards_post_due)


@app.periodic(cron="* * * * *")
@app.task(name="wallet.follow_merges", queueing_lock="follow_merges")
@closing_connections
def follow_merges(timestamp: int) -> None:
    """Move what merged wallets got since to the wallets that they are one with."""
    drain(merged_points_follow)


@app.periodic(cron="23 * * * *")
@app.task(name="wallet.empty_closed", queueing_lock="empty_closed")
@closing_connections
def empty_closed(timestamp: int) -> None:
    """Forfeit what came to wallets that are nobody's."""
    drain(lambda now, limit: closed_wallets_empty(limit=limit))


@app.periodic(cron="17 * * * *")
@app.task(name="wallet.expire_points", queueing_lock="expire_points")
@closing_connections
def expire_points(timestamp: int) -> None:
    """Expire points whose date has come and whose owner was told in time."""
    drain(points_expire_due)


@app.periodic(cron="41 * * * *")
@app.task(name="wallet.watch_limits", queueing_lock="watch_limits")
@closing_connections
def watch_limits(timestamp: int) -> None:
    """Raise the alarm well before the limited network's ceiling; ``GET /v1/limits`` has figures."""
    level = limit_figures(now=timezone.now()).level
    if level is not LimitLevel.OK:
        logger.error("limited network: value near its yearly ceiling", extra={"code": str(level)})


def drain(step: Callable[..., int]) -> int:
    """Call ``step(now=…, limit=…)`` until it finds less than it may take; returns the total."""
    now: dt.datetime = timezone.now()
    total = 0
    for _ in range(STEPS):
        done = step(now=now, limit=STEP)
        total += done
        if done < STEP:
            break
    return total
