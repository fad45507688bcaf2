"""Bringing the stored transactions onto the chain, in their one order.

Everything here can be repeated: it compares what is stored with what the chain says and sends the
same bytes again where something is missing. It never signs.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from chain.client import ChainClient, ChainRefused, Receipt, SendOutcome
from chain.codec import Role
from chain.signer import ServiceRole

from .domain import NEEDED, Problem, TransactionKind, TransactionState
from .errors import RelayerBlocked
from .models import Batch, ChainTransaction, Deployment
from .senders import current_addresses
from .verification import receipt_check

WINDOW: Final = 16
"""Most transactions that wait for the chain: further intents gather into fuller batches."""
_SEND_AGAIN_AFTER: Final = dt.timedelta(seconds=5)
"""A node may drop what waits in its pool."""

_ROLES: Final = {"issuer": Role.ISSUER, "redeemer": Role.REDEEMER}
_PAUSES: Final = {TransactionKind.PAUSE: True, TransactionKind.UNPAUSE: False}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """Transactions confirmed and sent by one step, and how many still wait for the chain."""

    confirmed: int
    sent: int
    waiting: int


def chain_settle(*, client: ChainClient) -> Progress:
    """Confirm what is mined, then send what may be sent.

    Looks at the first unconfirmed transactions of one sender: those of another sender wait until
    all earlier ones are confirmed, so a burn never overtakes its mint, nor a batch its role.

    Each confirmation is one SQL transaction of its own; a crash before it only means that the same
    receipt is read again.

    Raises ``ChainError`` kinds when the node does not answer, ``RelayerBlocked`` when it answers
    what must not be.
    """
    unconfirmed = list(
        ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED)
        .select_related("deployment", "batch", "supersedes")
        .order_by("place")[:WINDOW]
    )
    if not unconfirmed:
        return Progress(0, 0, 0)
    head = unconfirmed[0].sender
    run = list(takewhile(lambda stored: stored.sender == head, unconfirmed))
    receipts = client.receipts([stored.hash for stored in run])
    confirmed = 0
    for stored, receipt in zip(run, receipts, strict=True):
        if receipt is None:
            break
        _confirm(stored, receipt, client)
        confirmed += 1
    remaining = run[confirmed:]
    sent = _send(remaining, client) if remaining else 0
    return Progress(confirmed, sent, len(unconfirmed) - confirmed)


def nonces_compare(*, deployment: Deployment, client: ChainClient) -> None:
    """Notice a chain that holds more of the relayer's keys than is stored, before signing anew.

    It means that the ledger was restored from a copy older than the chain: what would be signed
    then has nonces that are used. The admin's key is left out: a person may use it by hand, and the
    relayer never signs with it. Raises ``RelayerBlocked`` and ``ChainError`` kinds.
    """
    senders = current_addresses(deployment, ServiceRole.ISSUER, ServiceRole.REDEEMER)
    for sender in senders.values():
        last = ChainTransaction.objects.filter(sender=sender).aggregate(last=Max("nonce"))["last"]
        if client.nonce(sender) > (-1 if last is None else last) + 1:
            raise RelayerBlocked(Problem.CHAIN_AHEAD)


def _confirm(stored: ChainTransaction, receipt: Receipt, client: ChainClient) -> None:
    outcome = receipt_check(stored=stored, receipt=receipt, client=client)
    with transaction.atomic():
        ChainTransaction.objects.filter(pk=stored.pk).update(
            state=TransactionState.CONFIRMED,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            gas_used=receipt.gas_used,
            reverted=outcome.reverted,
            lines_refused=outcome.refused,
            confirmed_at=Now(),
            first_confirmed_at=Coalesce("first_confirmed_at", Now()),
        )
        batch = stored.carried_batch() if outcome.settled else None
        if batch is not None and batch.settling_id != stored.pk:
            Batch.objects.filter(pk=batch.pk).update(settling=stored)
    logger.info(
        "transaction confirmed",
        extra={
            "sequence": stored.sequence,
            "operation": stored.kind,
            "block_number": receipt.block_number,
            "transaction_hash": stored.hash,
            "count": batch.line_count if batch is not None else 0,
        },
    )


def _send(stored: Sequence[ChainTransaction], client: ChainClient) -> int:
    """Broadcast in order what was never sent, or too long ago; returns how many."""
    long_ago = timezone.now() - _SEND_AGAIN_AFTER
    due = [one for one in stored if one.sent_at is None or one.sent_at < long_ago]
    if not due:
        return 0
    _check_contract(due[0], client)
    for one in due:
        _send_one(one, client)
    return len(due)


def _send_one(stored: ChainTransaction, client: ChainClient) -> None:
    try:
        outcome = client.send_raw(bytes(stored.raw))
    except ChainRefused as refusal:
        logger.error(
            "the node refuses a stored transaction",
            extra={"sequence": stored.sequence, "code": refusal.code},
        )
        raise RelayerBlocked(Problem.TRANSACTION_REFUSED) from refusal
    if outcome is SendOutcome.NONCE_USED:
        (receipt,) = client.receipts([stored.hash])
        if receipt is None and client.nonce(stored.sender) > stored.nonce:
            raise RelayerBlocked(Problem.CHAIN_AHEAD)
    ChainTransaction.objects.filter(pk=stored.pk).exclude(state=TransactionState.CONFIRMED).update(
        state=TransactionState.SENT, sent_at=Now()
    )


def _check_contract(stored: ChainTransaction, client: ChainClient) -> None:
    """Before anything but the creation: our contract is there, in the state that the transaction
    needs, and knows its sender.

    A transaction that would revert is never sent: on a QBFT chain it can block its sender's queue.
    """
    kind = TransactionKind(stored.kind)
    if kind is TransactionKind.DEPLOY:
        return
    contract = stored.deployment.contract_address
    if not client.code(contract):
        if kind is TransactionKind.GRANT:
            return  # right behind the creation, by the same key
        raise RelayerBlocked(Problem.CODE_DIFFERS)
    if kind is TransactionKind.BATCH:
        needed = _ROLES[stored.sender_role]
        if client.is_paused(contract):
            raise RelayerBlocked(Problem.CONTRACT_PAUSED)
    else:
        needed = NEEDED[kind]
        if kind in _PAUSES and client.is_paused(contract) is _PAUSES[kind]:
            raise RelayerBlocked(Problem.PAUSE_DIFFERS)
    if not client.has_role(contract, needed, stored.sender):
        raise RelayerBlocked(Problem.ROLE_MISSING)
