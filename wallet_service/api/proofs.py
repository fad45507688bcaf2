"""``/v1/proofs``: where an entry stands on the chain, checkable with any web3 client."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .schemas.proofs import ProofOut
from .types import Uuid
from .views import proof_view

router = Router(tags=["proofs"])


@router.get(
    "/{entry_id}",
    response={200: ProofOut, **problems(401, 403, 404, 422, 503)},
    operation_id="readProof",
)
def read_proof(request: HttpRequest, entry_id: Uuid) -> dict[str, Any]:
    """The transaction, the block and the line that settled the entry.

    404 `proof_not_ready` until the chain has confirmed it, and for entries that stay off chain.
    """
    require_scope(request, "wallets:read")
    return proof_view(entry_id)
