"""What only the passing of a day allows, done today: the wallet’s service is told another time."""

import json
import subprocess
import uuid
from datetime import UTC, datetime, timedelta

from ops.config import PLATFORM_PYTHON, ROOT
from ops.processes import by_name

from .system import System

_CLOSE = """
import datetime, json, sys, uuid
from wallet_service.offers.services.statements import statement_close
now = datetime.datetime.fromisoformat({now!r})
answer = statement_close(
    client="journey", key={key!r}, partner_id=uuid.UUID({partner!r}), actor=uuid.uuid4(),
    until=datetime.date.fromisoformat({until!r}), now=now,
)
print(json.dumps(answer.body, default=str))
"""


def statement_closed_tomorrow(system: System, partner_id: uuid.UUID) -> uuid.UUID:
    """Close the partner's period at the end of today, as a supervisor will tomorrow."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    code = _CLOSE.format(
        now=tomorrow.isoformat(),
        key=str(uuid.uuid4()),
        partner=str(partner_id),
        until=tomorrow.date().isoformat(),
    )
    process = by_name(system.config, "wallet")
    done = subprocess.run(
        [str(PLATFORM_PYTHON), "-m", "wallet_service.manage", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=process.environment(system.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return uuid.UUID(json.loads(done.stdout)["id"])
