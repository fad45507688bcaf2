"""A small simulated year, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import call_command

UNTIL = date(2026, 11, 28)


def quiet(what: str, total: int) -> Callable[[int], object]:
    """A progress that nobody watches."""
    return lambda done: None


@pytest.fixture
def seeded(transactional_db: None) -> None:
    """Communes, categories and rules, as on a fresh machine."""
    call_command("seed_metropolis", verbosity=0)
