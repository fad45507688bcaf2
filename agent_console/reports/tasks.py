"""The worker's jobs of reports: parse, call, announce."""

import uuid

from procrastinate.contrib.django import app

from agent_console.conversations.announce import announce_console
from agent_console.jobs import Backoff, closing_connections

from . import rewards
from .models import Report

# Points are owed: the wallet is asked again for days, not minutes.
_RETRY = Backoff(attempts=400, longest_s=900)


@app.task(name="reports.reward", retry=_RETRY)
@closing_connections
def reward(report_id: str) -> None:
    rewards.reward_synchronise(report_id=uuid.UUID(report_id))
    _announce(report_id)


@app.task(name="reports.outcome", retry=_RETRY)
@closing_connections
def outcome(report_id: str) -> None:
    rewards.reward_synchronise(report_id=uuid.UUID(report_id))
    rewards.outcome_tell(report_id=uuid.UUID(report_id))
    _announce(report_id)


def _announce(report_id: str) -> None:
    reference = Report.objects.values_list("reference", flat=True).get(pk=report_id)
    announce_console(topics=["reports", f"report:{reference}"])
