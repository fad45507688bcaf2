"""The worker's job of the training loop."""

from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .marking import sentence_mask

_RETRY = Backoff(attempts=20, longest_s=600)


@app.task(name="training.mask", retry=_RETRY)
@closing_connections
def mask(message_id: int) -> None:
    sentence_mask(message_id=message_id)
