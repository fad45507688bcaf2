"""How the relayer watches over ledger and chain."""

from __future__ import annotations

from .env import env

# Seconds from one comparison of ledger and chain to the next, whenever nothing is to be settled.
RECONCILE_EVERY_S: float = env.float("WALLET_RECONCILE_EVERY_S", default=300.0)
