"""What only the passing of a day allows, done today: the wallet’s service is told another time."""

import json
import subprocess
import uuid

from ops.config import PLATFORM_PYTHON, ROOT
from ops.processes import by_name

from .system import System

_CLOSE = """
import datetime, json, uuid, zoneinfo
from wallet_service.offers.models import Statement
from wallet_service.offers.services.statements import statement_close
partner = uuid.UUID({partner!r})
today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris"))
closed = Statement.objects.filter(partner_id=partner).order_by("-until").first()
until = max(today.date(), closed.until if closed else today.date()) + datetime.timedelta(days=1)
answer = statement_close(
    client="journey", key=str(uuid.uuid4()), partner_id=partner, actor=uuid.uuid4(), until=until,
    now=datetime.datetime.combine(until, datetime.time(12), today.tzinfo),
)
print(json.dumps(answer.body, default=str))
"""


def statement_closed_tomorrow(system: System, partner_id: uuid.UUID) -> uuid.UUID:
    """Close the partner's period at the end of today, as a supervisor will tomorrow.

    When that is closed already (the journey ran before), at the end of the next open day.
    """
    process = by_name(system.config, "wallet")
    code = _CLOSE.format(partner=str(partner_id))
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
