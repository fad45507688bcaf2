"""Puts this app's job into the queue, inside the caller's transaction."""

from procrastinate.contrib.django import app


def enqueue_rewards() -> None:
    """Have the deposits that are due rewarded; one job at a time takes all that it finds."""
    app.configure_task("collectors.reward", lock="collectors.reward").defer()
