"""``/v1/wallets``: open a wallet, read its balances and its statement."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.openapi import problems
from service_kit.tokens import require_scope
from wallet_service.ledger.selectors import wallet_get
from wallet_service.ledger.services import wallet_open, wallets_merge, wallets_unmerge
from wallet_service.offers.services.wallet_closing import wallet_close

from .answers import WRITE_PROBLEMS, status_of
from .schemas.common import PageQuery
from .schemas.wallets import EntryPage, MergeIn, MergeOut, WalletOut
from .types import IdempotencyKeyHeader, Uuid
from .views import statement_view, wallet_view

router = Router(tags=["wallets"])
merge_router = Router(tags=["wallets"])


@router.put(
    "/{wallet_id}",
    response={200: WalletOut, 201: WalletOut, **problems(400, 401, 403, 413, 422, 503)},
    operation_id="openWallet",
)
def open_wallet(request: HttpRequest, wallet_id: Uuid) -> Status[Any]:
    """Open the wallet (201), or find it (200): its id, chosen by the caller, is the key."""
    require_scope(request, "wallets:write")
    wallet, created = wallet_open(wallet_id=wallet_id)
    return Status(201 if created else 200, wallet_view(wallet))


@router.get(
    "/{wallet_id}",
    response={200: WalletOut, **problems(401, 403, 404, 422, 503)},
    operation_id="readWallet",
)
def read_wallet(request: HttpRequest, wallet_id: Uuid) -> dict[str, Any]:
    """Balances in the ledger and on the chain."""
    require_scope(request, "wallets:read")
    return wallet_view(wallet_get(wallet_id=wallet_id))


@router.get(
    "/{wallet_id}/entries",
    response={200: EntryPage, **problems(401, 403, 404, 422, 503)},
    operation_id="listEntries",
)
def list_entries(request: HttpRequest, wallet_id: Uuid, page: Query[PageQuery]) -> dict[str, Any]:
    """The wallet's statement, newest first."""
    require_scope(request, "wallets:read")
    return statement_view(wallet_get(wallet_id=wallet_id), before=page.cursor, limit=page.limit)


@router.put(
    "/{wallet_id}/closure",
    response={200: WalletOut, **problems(401, 403, 404, 422, 503)},
    operation_id="closeWallet",
)
def close_wallet(request: HttpRequest, wallet_id: Uuid) -> dict[str, Any]:
    """Its owner is gone: points are forfeited, vouchers and promises void; repeat at will."""
    require_scope(request, "wallets:write")
    wallet_close(wallet_id=wallet_id)
    return wallet_view(wallet_get(wallet_id=wallet_id))


@router.post(
    "/{wallet_id}/merges",
    response={201: MergeOut, **WRITE_PROBLEMS},
    operation_id="mergeWallets",
)
def merge_wallets(
    request: HttpRequest,
    wallet_id: Uuid,
    payload: MergeIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Both are one person's: the source's points move here, and what it gets later follows."""
    caller = require_scope(request, "merges:write")
    return status_of(
        wallets_merge(
            client=caller.name,
            key=idempotency_key,
            merge_id=payload.id,
            source_id=payload.source_id,
            target_id=wallet_id,
        )
    )


@merge_router.post(
    "/{merge_id}/undo",
    response={200: MergeOut, **WRITE_PROBLEMS},
    operation_id="undoMerge",
)
def undo_merge(
    request: HttpRequest, merge_id: Uuid, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Two wallets again, for 30 days: what came with the merge and is still there goes back."""
    caller = require_scope(request, "merges:write")
    return status_of(wallets_unmerge(client=caller.name, key=idempotency_key, merge_id=merge_id))
