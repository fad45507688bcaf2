"""The worker's jobs of identity: parse, call."""

import uuid

from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .wallets import wallets_synchronise

# Points are owed: the wallet is asked again for days, not minutes.
_RETRY = Backoff(attempts=400, longest_s=900)


@app.task(name="identity.wallets", retry=_RETRY)
@closing_connections
def wallets(merge_id: str) -> None:
    wallets_synchronise(merge_id=uuid.UUID(merge_id))
