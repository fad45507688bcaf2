"""Wallets with points, for the tests of services; and looks at what is left."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from wallet_service.ledger import domain
from wallet_service.ledger.domain import NoticeOutcome
from wallet_service.ledger.lots import expiry_of_credit
from wallet_service.ledger.models import JournalEntry, Lot, SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of
from wallet_service.ledger.services import (
    entry_post,
    expiry_notice_acknowledge,
    expiry_notices_due,
    partner_account_open,
)

from .by_hand import execute


def granted(wallet: Wallet, points: int) -> uuid.UUID:
    return entry_post(operation=domain.reward_granted(points=points), wallet_id=wallet.id)


def new_partner() -> uuid.UUID:
    return partner_account_open(partner_id=uuid.uuid4()).id


def available(wallet: Wallet) -> int:
    return balances_of(wallet=wallet).available_points


def left(wallet: Wallet) -> list[int]:
    """What is left of each lot, in the order in which they were opened."""
    return list(
        Lot.objects.filter(wallet=wallet).order_by("id").values_list("remaining_points", flat=True)
    )


def dated(wallet: Wallet, *expiries: datetime) -> None:
    """Give the wallet's lots other dates: time passes faster for them (the owner's hand)."""
    execute("ALTER TABLE ledger_lot DISABLE TRIGGER USER")
    for lot, expires_at in zip(
        Lot.objects.filter(wallet=wallet).order_by("id"), expiries, strict=True
    ):
        Lot.objects.filter(id=lot.pk).update(expires_at=expires_at)
    execute("ALTER TABLE ledger_lot ENABLE TRIGGER USER")


def time_passes(by: timedelta) -> timedelta:
    """Move the dates of all lots and announcements back instead: the database has a clock of its
    own (the owner's hand).

    Returns by how much: a minute more than asked for, because that clock stands still in the
    test's transaction."""
    by += timedelta(minutes=1)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    tables = ("ledger_lot", "ledger_expirynotice")
    for table in tables:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    execute("UPDATE ledger_lot SET expires_at = expires_at - %s", by)
    execute(
        "UPDATE ledger_expirynotice SET expires_at = expires_at - %s,"
        " created_at = created_at - %s, acknowledged_at = acknowledged_at - %s",
        by,
        by,
        by,
    )
    for table in tables:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    execute("SET CONSTRAINTS ALL DEFERRED")
    return by


def announced(*, until: datetime | None = None) -> int:
    """Everybody whose points expire soon (seen from ``until``) is told; how many notices."""
    notices = expiry_notices_due(now=until or timezone.now(), limit=1_000)
    for notice in notices:
        expiry_notice_acknowledge(notice_id=notice.id, outcome=NoticeOutcome.SENT)
    return len(notices)


def expiry_of(created_at: datetime) -> datetime:
    return expiry_of_credit(now=created_at, lifetime_months=24)


def asked(entry_id: uuid.UUID) -> tuple[str, int, str | None, str | None] | None:
    """What the entry asks of the chain."""
    intent = SettlementIntent.objects.filter(entry_id=entry_id).first()
    if intent is None:
        return None
    return intent.operation, intent.points, intent.from_address, intent.to_address


def kinds(wallet: Wallet) -> list[str]:
    """The kinds of the wallet's entries, in order."""
    return list(
        JournalEntry.objects.filter(wallet=wallet).order_by("id").values_list("kind", flat=True)
    )


def lots_match(wallet: Wallet) -> bool:
    """What is left of the lots is the spendable balance."""
    return sum(left(wallet)) == available(wallet)
