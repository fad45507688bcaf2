"""Rows of the time before deposits had parts: the migration's own SQL over such rows."""

import importlib
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.citizens.models import Resident
from agent_console.collectors import linking, rewarding
from agent_console.collectors.models import Deposit, DepositPart
from agent_console.collectors.tests.conftest import FakeWallet, batch, deposit, send

moving = importlib.import_module("agent_console.collectors.migrations.0004_deposits_into_parts")
BEFORE = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE collectors_deposit ADD COLUMN reward_id uuid;
ALTER TABLE collectors_deposit DROP CONSTRAINT deposit_resident_when_due;
ALTER TABLE collectors_deposit DROP CONSTRAINT deposit_rewarded_whole;
UPDATE collectors_deposit SET due_at = NULL, rewarded_items = 0;
"""


@pytest.mark.django_db
def test_every_row_goes_on_where_it_was(
    resident: Resident, agent: User, wallet: FakeWallet
) -> None:
    linking.card_link(collector="demo", number="497010123456", resident=resident, actor=agent)
    names = ("given", "sent", "new", "over", "no-budget")
    send(batch(*(deposit(name) for name in names), deposit("nobody", card="999999")))
    reward_id = uuid.uuid4()
    with connection.cursor() as cursor:
        # All in the test's own transaction: afterwards the table is as it was.
        cursor.execute(BEFORE)
        cursor.execute(
            "UPDATE collectors_deposit SET state = 'rewarded', points = 7, attempts = 1,"
            " reward_id = %s WHERE external_id = 'given'",
            [reward_id],
        )
        cursor.execute("UPDATE collectors_deposit SET attempts = 800 WHERE external_id = 'sent'")
        for name, code in (("over", "cap_day_reached"), ("no-budget", "budget_exhausted")):
            cursor.execute(
                "UPDATE collectors_deposit SET state = 'refused', refusal_code = %s, attempts = 1"
                " WHERE external_id = %s",
                [code, name],
            )
        cursor.execute(moving.FORWARD)
        found = {row.external_id: row for row in Deposit.objects.all()}
        parts = {part.deposit_id: part for part in DepositPart.objects.all()}
    Deposit.objects.filter(external_id="sent").update(attempts=0)
    assert rewarding.deposits_reward() == 3
    keys = set(wallet.rewards)
    assert {name: row.state for name, row in found.items()} == {
        "given": "rewarded",
        "sent": "due",
        "new": "due",
        "over": "due",
        "no-budget": "refused",
        "nobody": "waiting_card",
    }
    assert (found["given"].rewarded_items, found["sent"].rewarded_items) == (7, 0)
    assert {name for name, row in found.items() if row.due_at is None} == {"nobody"}
    assert found["sent"].failing_since == found["sent"].due_at
    given, sent, over = (parts[found[name].id] for name in ("given", "sent", "over"))
    assert (given.state, given.reward_id, given.points) == ("rewarded", reward_id, 7)
    assert (sent.id, sent.state, sent.unanswered) == (found["sent"].id, "open", 800)
    assert (over.id, over.state, over.unanswered) == (found["over"].id, "open", 0)
    assert parts[found["no-budget"].id].state == "refused"
    assert {f"open:{found[name].id}" for name in ("sent", "over")} <= keys
    assert found["new"].id not in parts
