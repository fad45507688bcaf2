"""What was given for which behaviour: beside a straight sum of the journal's postings."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from wallet_service.ledger.domain import EntryKind
from wallet_service.ledger.models import Wallet
from wallet_service.ledger.movements import PARIS, movements
from wallet_service.rewards.giving import given_by_rule
from wallet_service.rewards.seeding import rules_seed
from wallet_service.rewards.services import reward_confirm
from wallet_service.rewards.terms import RuleTerms

from .conftest import RULE, id_of, open_reward, rule_with

pytestmark = pytest.mark.django_db
_ISSUED = """
SELECT reward.rule_code, count(*), -sum(posting.points) FROM ledger_posting posting
JOIN ledger_account account ON account.id = posting.account_id AND account.kind = 'issuance'
JOIN rewards_reward reward ON reward.decided_entry_id = posting.entry_id
GROUP BY 1 ORDER BY 1
"""


def test_rewards_that_were_posted_are_told_by_their_rule(wallet: Wallet) -> None:
    rule_with(points=10)
    rules_seed(rules={"glass.deposit": RuleTerms(points=1, auto_post_after_days=0)})
    confirmed = open_reward(wallet.id)
    reward_confirm(client="console", key=str(uuid.uuid4()), reward_id=id_of(confirmed))
    open_reward(wallet.id)  # waits for its check: nothing was given yet
    for quantity in (3, 4):
        open_reward(wallet.id, rule_code="glass.deposit", quantity=quantity)
    today = timezone.now().astimezone(PARIS).date()
    found = given_by_rule(since=today, until=today + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED)
        assert [(one.rule, one.entries, one.points) for one in found] == cursor.fetchall()
    assert [(one.rule, one.entries, one.points) for one in found] == [
        ("glass.deposit", 2, 7),
        (RULE, 1, 10),
    ]
    given = (EntryKind.REWARD_POSTED, EntryKind.REWARD_GRANTED)
    moved = [item for item in movements(since=today).items if item.kind in given]
    assert sum(one.points for one in found) == sum(item.points for item in moved)
    assert given_by_rule(since=today - timedelta(days=9), until=today) == []
