"""The worker's jobs of reports: parse, call, announce."""

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.conversations.announce import announce_console
from agent_console.jobs import Backoff, closing_connections

from . import mail, notices, oncall, rewards
from .forwarding import forward_sent
from .locating import report_locate
from .models import Report
from .screening import report_screen

# Points are owed: the wallet is asked again for days, not minutes.
_RETRY = Backoff(attempts=400, longest_s=900)
# A position helps the crew and finds duplicates; after two days an agent has looked at the report.
_PATIENT = Backoff(attempts=60, longest_s=3600)
_SOON = Backoff(attempts=5, longest_s=60)  # the next run comes soon
_LOOKED_UP_MAX = 500


@app.task(name="reports.screen", retry=_RETRY)
@closing_connections
def screen(report_id: str) -> None:
    if report_screen(report_id=uuid.UUID(report_id)).is_masked:
        _announce(report_id)


@app.task(name="reports.locate", retry=_PATIENT)
@closing_connections
def locate(report_id: str) -> None:
    report_locate(report_id=uuid.UUID(report_id))


@app.task(name="reports.reward", retry=_RETRY)
@closing_connections
def reward(report_id: str) -> None:
    rewards.reward_synchronise(report_id=uuid.UUID(report_id))
    _announce(report_id)


@app.task(name="reports.outcome", retry=_RETRY)
@closing_connections
def outcome(report_id: str) -> None:
    rewards.reward_synchronise(report_id=uuid.UUID(report_id))
    notices.outcome_tell(report_id=uuid.UUID(report_id))
    _announce(report_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="reports.rewards_look_up", lock="reports.rewards_look_up", retry=_SOON)
@closing_connections
def rewards_look_up(timestamp: int) -> None:
    """Every ten minutes: rewards whose time to post by themselves has come."""
    rewards.rewards_look_up(now=timezone.now(), limit=_LOOKED_UP_MAX)


@app.task(name="reports.page", retry=_SOON)
@closing_connections
def page(page_id: int, level: int) -> None:
    mail.page_mail(page_id=page_id, level=level)


@app.task(name="reports.forward", retry=_RETRY)
@closing_connections
def forward(forward_id: int) -> None:
    """At least once: a crash between sending and recording writes again."""
    if mail.forward_mail(forward_id=forward_id):
        forward_sent(forward_id=forward_id)


@app.periodic(cron="* * * * *")
@app.task(name="reports.pages_repeat", lock="reports.pages_repeat", retry=_SOON)
@closing_connections
def pages_repeat(timestamp: int) -> None:
    """Every minute: dangers that nobody took up are said again."""
    oncall.pages_repeat(now=timezone.now(), limit=_LOOKED_UP_MAX)


def _announce(report_id: str) -> None:
    reference = Report.objects.values_list("reference", flat=True).get(pk=report_id)
    announce_console(topics=["reports", f"report:{reference}"])
