"""Entries that settle, written as the ledger's constraints ask for, and a hand that breaks them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from chain.client import ChainClient
from wallet_service.ledger.domain import HolderKind, reward_pending, reward_posted
from wallet_service.ledger.models import Wallet
from wallet_service.ledger.services import (
    correction_debit,
    entry_post,
    hold_capture,
    partner_account_open,
    points_hold,
    statement_burn,
    wallet_open,
)
from wallet_service.settlement.models import Deployment


def new_wallet() -> Wallet:
    return wallet_open(wallet_id=uuid.uuid4())[0]


def reward(wallet: Wallet, *, points: int = 10) -> uuid.UUID:
    """Post a reward; returns the entry that is minted."""
    with transaction.atomic():
        entry_post(operation=reward_pending(points=points), wallet_id=wallet.id)
        return entry_post(operation=reward_posted(points=points), wallet_id=wallet.id)


def new_partner() -> Wallet:
    return partner_account_open(partner_id=uuid.uuid4())


def spend(wallet: Wallet, *, points: int, to: Wallet | None = None) -> uuid.UUID:
    """An entry that takes points from the wallet: to move them to a partner, or to burn them.

    Of a partner's, a statement burns them; of a citizen's, a correction.
    """
    with transaction.atomic():
        if to:
            hold = points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())
            return hold_capture(hold_entry_id=hold, partner_id=to.id)
        if wallet.holder == HolderKind.PARTNER:
            return statement_burn(partner_id=wallet.id, points=points, subject=uuid.uuid4())
        return correction_debit(wallet_id=wallet.id, points=points).entry_id


@contextmanager
def tampering(*tables: str) -> Iterator[None]:
    """The owner's hand in the database: no trigger of these tables acts."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def balance(client: ChainClient, deployment: Deployment, wallet: Wallet) -> int:
    """``balanceOf`` now, in points."""
    (points,) = client.balances(
        deployment.contract_address, [wallet.address], block_number=client.block_number()
    )
    return points
