"""What only the passing of a day allows, done today: the wallet’s service is told another time."""

import json
import uuid

from .system import System
from .wallet_shell import run_in_wallet

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
    closed = run_in_wallet(system, _CLOSE.format(partner=str(partner_id)))
    return uuid.UUID(json.loads(closed)["id"])
