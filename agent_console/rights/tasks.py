"""The worker's jobs about rights: parse, call."""

import uuid

from procrastinate.contrib.django import app

from agent_console.citizens.models import ChannelCode
from agent_console.jobs import Backoff, closing_connections

from .closed_wallets import wallets_replay
from .erasing import erasures_replay, resident_erase_once_answered
from .errands import errand_run, errands_again
from .retention import retention_apply
from .waiting import rewards_follow

_RETRY = Backoff(attempts=60, longest_s=600)
# What a person asked to be forgotten is owed: days, not minutes.
_OWED = Backoff(attempts=400, longest_s=900)


@app.task(name="rights.consent", retry=_RETRY)
@closing_connections
def consent(resident_id: str) -> None:
    rewards_follow(resident_id=uuid.UUID(resident_id))


@app.task(name="rights.errand", retry=_OWED)
@closing_connections
def errand(errand_id: str) -> None:
    errand_run(errand_id=uuid.UUID(errand_id))


@app.task(name="rights.erase", retry=_OWED)
@closing_connections
def erase(resident_id: str, channel: str) -> None:
    resident_erase_once_answered(resident_id=uuid.UUID(resident_id), channel=ChannelCode(channel))


@app.periodic(cron="*/10 * * * *")
@app.task(name="rights.replay", lock="rights.replay")
@closing_connections
def replay(timestamp: int) -> None:
    erasures_replay()
    errands_again()


@app.periodic(cron="10 4 * * *")
@app.task(name="rights.wallets", lock="rights.wallets", retry=_RETRY)
@closing_connections
def wallets(timestamp: int) -> None:
    wallets_replay()


@app.periodic(cron="40 3 * * *")
@app.task(name="rights.retention", lock="rights.retention")
@closing_connections
def retention(timestamp: int) -> None:
    retention_apply()
