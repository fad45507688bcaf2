"""Entries that settle, written as the ledger's constraints ask for, and a hand that breaks them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from chain.client import ChainClient
from chain.codec import Operation
from wallet_service.ledger.domain import AccountKind, reward_pending, reward_posted
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.models import Account, JournalEntry, Posting, SettlementIntent, Wallet
from wallet_service.ledger.services import entry_post, wallet_open
from wallet_service.settlement.models import Deployment


def new_wallet() -> Wallet:
    return wallet_open(wallet_id=uuid.uuid4())[0]


def reward(wallet: Wallet, *, points: int = 10) -> uuid.UUID:
    """Post a reward; returns the entry that is minted."""
    with transaction.atomic():
        entry_post(operation=reward_pending(points=points), wallet_id=wallet.id)
        return entry_post(operation=reward_posted(points=points), wallet_id=wallet.id)


def spend(wallet: Wallet, *, points: int, to: Wallet | None = None) -> uuid.UUID:
    """An entry that takes available points from the wallet, to burn or to move them.

    Redemptions come with the catalogue; settlement must know their intents already.
    """
    taker = Account.objects.filter(wallet=to, kind=AccountKind.WALLET_AVAILABLE)
    system = Account.objects.filter(kind=AccountKind.ISSUANCE, shard=0)
    sides = {
        Account.objects.get(wallet=wallet, kind=AccountKind.WALLET_AVAILABLE): -points,
        (taker if to else system).get(): points,
    }
    with transaction.atomic():
        entry = JournalEntry.objects.create(id=time_ordered_uuid(), kind="spent", wallet=wallet)
        for account, moved in sides.items():
            Posting.objects.create(entry=entry, account=account, points=moved)
        SettlementIntent.objects.create(
            entry=entry,
            operation=(Operation.MOVE if to else Operation.BURN).value,
            from_address=wallet.address,
            to_address=to.address if to else None,
            points=points,
        )
    return entry.id


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
