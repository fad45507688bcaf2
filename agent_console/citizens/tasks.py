"""The worker's jobs about residents: parse, call."""

import uuid

from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .codes import code_bring

# A code lives ten minutes: what can't be brought soon is no use.
_SOON = Backoff(attempts=8, longest_s=60)


@app.task(name="citizens.bring_code", retry=_SOON)
@closing_connections
def bring_code(code_id: str) -> None:
    code_bring(code_id=uuid.UUID(code_id))
