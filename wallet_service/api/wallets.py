"""``/v1/wallets``: open a wallet, read its balances and its statement."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.openapi import problems
from service_kit.tokens import require_scope
from wallet_service.ledger.selectors import wallet_get
from wallet_service.ledger.services import wallet_open

from .schemas.common import PageQuery
from .schemas.wallets import EntryPage, WalletOut
from .types import Uuid
from .views import statement_view, wallet_view

router = Router(tags=["wallets"])


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
