"""The worker's jobs of collectors."""

from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .rewarding import deposits_reward

# Only for a database that is away: a wallet that is away is waited for deposit by deposit.
_RETRY = Backoff(attempts=10, longest_s=60)


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
