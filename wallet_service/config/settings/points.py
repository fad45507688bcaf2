"""How long points live."""

from __future__ import annotations

from .env import env

# Full months after the one in which points became spendable; then they expire, announced before.
POINTS_LIFETIME_MONTHS: int = env.int("POINTS_LIFETIME_MONTHS", default=24)
