"""Money lives at random, each request sent twice, relayer and node crash in between.

Every run ends with: sum zero, nothing negative, chain == ledger == model, every key answered as
before, lots add up.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis.stateful import run_state_machine_as_test

from wallet_service.api.auth import service_tokens
from wallet_service.api.tests.conftest import CONSOLE_TOKEN

from .machine import Money

# The same runs each time: a failure is found again, and the time is known.
BOUNDED = bounds(
    max_examples=16,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# What the runs together must have seen, or they prove less than they say.
SEEN = {
    "posted",
    "voided",
    "reversed",
    "captured",
    "cancelled",
    "expired",
    "refunded",
    "closed",
    "points expired",
    "returned too late",
    "relayer died",
    "chain lost",
    "copy torn",
}


def test_money_is_neither_lost_nor_made(committed_db: None, settings: Any) -> None:
    settings.WALLET_API_TOKENS = {"console": CONSOLE_TOKEN, "actions": CONSOLE_TOKEN + "-other"}
    service_tokens.cache_clear()
    try:
        run_state_machine_as_test(Money, settings=BOUNDED)
    finally:
        service_tokens.cache_clear()
        for node in Money.nodes:
            node.kill()  # those of a run that broke off
    assert {what for what, times in Money.done.items() if times} >= SEEN, Money.done
