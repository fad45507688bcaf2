"""Refusals that only readers meet."""

from __future__ import annotations

from wallet_service.ledger.errors import Refusal


class ProofNotReady(Refusal):
    """The entry is not on the chain: not yet, or it has nothing to settle."""

    code = "proof_not_ready"
