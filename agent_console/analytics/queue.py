"""Puts this app's job into the queue, inside the caller's transaction."""

import time

from procrastinate.contrib.django import app


def enqueue_impact() -> None:
    """Have the effects of rewards computed again; one job at a time takes all that it finds."""
    app.configure_task("analytics.impact", lock="analytics.impact").defer(
        timestamp=int(time.time())
    )
