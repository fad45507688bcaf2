"""Answers put together from the ledger, the rewards and the settlement."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from wallet_service.ledger.models import Wallet
from wallet_service.ledger.selectors import (
    balances_together,
    entry_get,
    settling_entry_ids,
    statement_page,
    wallets_merged,
)
from wallet_service.rewards.selectors import rule_codes_of
from wallet_service.settlement.facts import Settlement
from wallet_service.settlement.selectors import (
    proof_for_entry,
    settled_points,
    settlement_for_entries,
)

from .errors import ProofNotReady

# Entries asked about at once when looking for the last one that the chain has confirmed.
_LOOK_BACK = 50


def wallet_view(wallet: Wallet) -> dict[str, Any]:
    """The body of ``WalletOut``; what merged wallets hold or wait for is this one's too."""
    family = wallets_merged(wallet_id=wallet.id)
    return {
        "id": wallet.id,
        "address": wallet.address,
        **asdict(balances_together(wallet_ids=family)),
        "settled_points": sum(settled_points(one) for one in Wallet.objects.filter(id__in=family)),
        "merged_wallets": family[1:],
        "last_settlement": _settlement_view(_last_settlement(wallet)),
        "created_at": wallet.created_at,
    }


def statement_view(wallet: Wallet, *, before: uuid.UUID | None, limit: int) -> dict[str, Any]:
    """The body of ``EntryPage``: one line more is read than shown, to know if there is a next."""
    lines = statement_page(wallet=wallet, before=before, limit=limit + 1)
    shown = lines[:limit]
    settled = settlement_for_entries([line.entry_id for line in shown])
    rules = rule_codes_of(reward_ids=[line.subject for line in shown if line.subject])
    items = [
        {
            "id": line.entry_id,
            "kind": line.kind,
            "points": line.points,
            "available_after": line.available_after,
            "rule": rules.get(line.subject) if line.subject else None,
            "created_at": line.created_at,
            "settlement": _settlement_view(settled.get(line.entry_id)),
        }
        for line in shown
    ]
    return {"items": items, "next_cursor": shown[-1].entry_id if len(lines) > limit else None}


def proof_view(entry_id: uuid.UUID) -> dict[str, Any]:
    """The body of ``ProofOut``.  Raises ``EntryUnknown`` and ``ProofNotReady``."""
    entry_get(entry_id=entry_id)
    proof = proof_for_entry(entry_id)
    if proof is None:
        raise ProofNotReady
    facts = asdict(proof)
    settlement: dict[str, Any] = facts.pop("settlement")
    return settlement | facts


def _last_settlement(wallet: Wallet) -> Settlement | None:
    before: uuid.UUID | None = None
    while entry_ids := settling_entry_ids(wallet=wallet, before=before, limit=_LOOK_BACK):
        settled = settlement_for_entries(entry_ids)
        for entry_id in entry_ids:
            if entry_id in settled:
                return settled[entry_id]
        before = entry_ids[-1]
    return None


def _settlement_view(settlement: Settlement | None) -> dict[str, Any] | None:
    return asdict(settlement) if settlement else None
