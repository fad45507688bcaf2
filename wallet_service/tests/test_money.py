"""Money lives at random, each request sent twice, relayer and node crash in between.

Every run ends with: sum zero, nothing negative, chain == ledger == model, every key answered as
before, lots add up.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis.stateful import run_state_machine_as_test

from wallet_service.api.auth import service_tokens
from wallet_service.api.tests.conftest import CONSOLE_TOKEN

from .erasing import Erasing
from .machine import Money
from .merging import Merging

# Two and a half minutes beside other suites.
pytestmark = pytest.mark.timeout(900)

# The same runs each time: a failure is found again, and the time is known.
BOUNDED = bounds(
    max_examples=20,
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


# Merges beside all that: fewer runs, because each of them lives through more.
MERGED = bounds(BOUNDED, max_examples=8, stateful_step_count=50)
SEEN_MERGED = {"merged", "unmerged", "followed", "debt moved", "captured", "relayer died"}

# And erasures, wherever a wallet stands in merges: fewer again.
ERASED = bounds(BOUNDED, max_examples=3, stateful_step_count=30)
SEEN_ERASED = {"merged", "erased", "forfeited", "held", "emptied"}


def test_money_is_neither_lost_nor_made(committed_db: None, settings: Any) -> None:
    _live(Money, settings, BOUNDED, SEEN)


def test_merging_wallets_loses_and_makes_nothing(committed_db: None, settings: Any) -> None:
    _live(Merging, settings, MERGED, SEEN_MERGED)


def test_erasing_owners_leaves_the_books_balanced(committed_db: None, settings: Any) -> None:
    _live(Erasing, settings, ERASED, SEEN_ERASED)


def _live(machine: type[Money], settings: Any, within: bounds, seen: set[str]) -> None:
    settings.WALLET_API_TOKENS = {"console": CONSOLE_TOKEN, "actions": CONSOLE_TOKEN + "-other"}
    service_tokens.cache_clear()
    machine.done.clear()
    try:
        run_state_machine_as_test(machine, settings=within)
    finally:
        service_tokens.cache_clear()
        for node in machine.nodes:
            node.kill()  # those of a run that broke off
    assert {what for what, times in machine.done.items() if times} >= seen, machine.done
