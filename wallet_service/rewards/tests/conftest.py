"""What the tests of the rewards share: rules with given terms, and rewards opened under them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import Wallet
from wallet_service.ledger.services import wallet_open
from wallet_service.rewards.domain import Channel
from wallet_service.rewards.models import Campaign, CampaignSlice
from wallet_service.rewards.rulemaking import campaign_add, rule_add
from wallet_service.rewards.seeding import rules_seed
from wallet_service.rewards.services import reward_open
from wallet_service.rewards.terms import RuleTerms

RULE = "report.pothole"
_keys = itertools.count()


def next_key() -> str:
    """A key that no other test uses."""
    return f"key-{next(_keys)}"


def open_reward(wallet_id: uuid.UUID, **changes: Any) -> Answer:
    """A reward with a new key and a new evidence, unless told otherwise."""
    arguments: dict[str, Any] = {
        "client": "console",
        "key": next_key(),
        "wallet_id": wallet_id,
        "rule_code": RULE,
        "evidence": uuid.uuid4(),
        "channel": Channel.WEB,
    }
    return reward_open(**(arguments | changes))


def id_of(answer: Answer) -> uuid.UUID:
    """The id of what was answered."""
    return uuid.UUID(answer.body["id"])


def rule_with(**terms: Any) -> None:
    """``RULE`` with these terms from now on, 10 points unless told otherwise."""
    rules_seed(rules={RULE: RuleTerms(**({"points": 10} | terms))})


def campaign_rule(budget_points: int, **terms: Any) -> Campaign:
    """A campaign that lasts an hour, and ``RULE`` paid out of its budget."""
    now = timezone.now()
    code = f"campaign_{next(_keys)}"
    campaign_add(
        client="console",
        key=next_key(),
        code=code,
        name="Verre en fête",
        starts_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(minutes=30),
        budget_points=budget_points,
        author=uuid.uuid4(),
    )
    campaign = Campaign.objects.get(code=code)
    rule_add(
        client="console",
        key=next_key(),
        code=RULE,
        terms=RuleTerms(**({"points": 10} | terms)),
        valid_from=None,
        campaign_code=code,
        author=uuid.uuid4(),
    )
    return campaign


def left_of(campaign: Campaign) -> int:
    """Points left in its budget."""
    return sum(
        CampaignSlice.objects.filter(campaign=campaign).values_list("remaining_points", flat=True)
    )


@pytest.fixture
def some_wallet(committed_db: None) -> Callable[[], Wallet]:
    """Opens committed wallets."""
    return lambda: wallet_open(wallet_id=uuid.uuid4())[0]
