"""The worker's jobs of consultations."""

import logging
import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from . import queue, selectors
from .counting import ballots_count
from .proposals import proposal_mask
from .rewards import reward_synchronise, rewards_again
from .services import consultations_close_due

_RETRY = Backoff(attempts=20, longest_s=600)

logger = logging.getLogger(__name__)


@app.task(name="consultations.count", retry=_RETRY)
@closing_connections
def count(consultation_id: str) -> None:
    ballots_count(consultation_id=uuid.UUID(consultation_id))


@app.task(name="consultations.reward", retry=_RETRY)
@closing_connections
def reward(evidence: str) -> None:
    reward_synchronise(evidence=uuid.UUID(evidence))


@app.task(name="consultations.mask", retry=_RETRY)
@closing_connections
def mask(proposal_id: str) -> None:
    proposal_mask(proposal_id=uuid.UUID(proposal_id))


@app.periodic(cron="* * * * *")
@app.task(name="consultations.close_due", lock="consultations.close_due", retry=_RETRY)
@closing_connections
def close_due(timestamp: int) -> None:
    """Every minute: what has reached its end is closed."""
    consultations_close_due(now=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="consultations.again", lock="consultations.again", retry=_RETRY)
@closing_connections
def again(timestamp: int) -> None:
    """Every hour: what a job gave up is taken up again, and a count that can't be made is told."""
    rewards_again()
    for consultation in selectors.consultations_uncounted():
        logger.error("ballots not counted", extra={"consultation_id": str(consultation.pk)})
        queue.enqueue_count(consultation_id=consultation.pk)
