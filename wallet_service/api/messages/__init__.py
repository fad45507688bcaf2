"""Refusals as people and machines read them: code → HTTP status and French message.

One file per topic; each is a table that ``REFUSALS`` takes in.
"""

from __future__ import annotations

from . import chain, ledger, offers, rewards

REFUSALS: dict[str, tuple[int, str]] = {
    **ledger.REFUSALS,
    **rewards.REFUSALS,
    **offers.REFUSALS,
    **chain.REFUSALS,
}
