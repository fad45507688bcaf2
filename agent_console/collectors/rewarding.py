"""Brings the wallet to what the deposits deserve, however often it is run.

A deposit is claimed (its part made, the attempt counted, the next try set) in a transaction of its
own before the wallet hears of it, and the answer is written afterwards (``answers``).  A crash in
between repeats, at the next try, a request whose key the wallet knows already.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agent_console.citizens.consents import residents_unwilling
from agent_console.wallet import bulk, client
from agent_console.wallet.rewards import LIMIT_CODES

from . import answers, steps
from .models import Deposit, DepositPart, DepositState, PartState

RULE = "glass.deposit"
CHANNEL = "collector"
_CHUNK = bulk.ITEMS_MAX

logger = logging.getLogger(__name__)


def deposits_reward() -> int:
    """Reward all deposits that are due; the number settled either way.

    Stops, without an error, at the first chunk for which the wallet gives no usable answer: what
    was claimed is tried again later.
    """
    settled = 0
    while parts := _claim(now=timezone.now()):
        try:
            found = _ask(parts)
        except client.WalletError as failure:
            code = getattr(failure, "code", "") or "unavailable"
            Deposit.objects.filter(
                parts__in=[part.pk for part in parts], state=DepositState.DUE
            ).update(wait_code=code[:64])
            logger.warning(
                "deposits wait for the wallet", extra={"code": code, "count": len(parts)}
            )
            break
        settled += answers.answers_record(found, now=timezone.now())
    return settled


@transaction.atomic
def _claim(*, now: datetime) -> list[DepositPart]:
    """The open parts of the deposits whose turn it is, each counted as tried once more.

    ONE transaction holds the part, which is the request's key, and the next try.
    """
    chunk = list(
        _ready(now)
        .filter(pk__in=_first_of_each_resident(now).values("pk"))
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("resident")
        .order_by("received_at", "id")[:_CHUNK]
    )
    unwilling = residents_unwilling({d.resident_id for d in chunk if d.resident_id})
    asked = set(DepositPart.objects.filter(deposit__in=chunk).values_list("deposit", flat=True))
    for deposit in [d for d in chunk if d.resident_id in unwilling and d.pk not in asked]:
        deposit.state, deposit.refusal_code = DepositState.REFUSED, "wallet_refused"
        deposit.save(update_fields=["state", "refusal_code"])
        chunk.remove(deposit)
    for deposit in chunk:
        deposit.retry_at = now + steps.wait_after(attempts=deposit.attempts)
        deposit.attempts += 1
        deposit.failing_since = deposit.failing_since or now
    Deposit.objects.bulk_update(chunk, ["attempts", "retry_at", "failing_since"])
    known = {
        part.deposit_id: part
        for part in DepositPart.objects.filter(deposit__in=chunk, state=PartState.OPEN)
    }
    DepositPart.objects.filter(pk__in=[part.pk for part in known.values()]).update(
        unanswered=F("unanswered") + 1
    )
    made = DepositPart.objects.bulk_create(
        DepositPart(deposit=deposit, items=deposit.left_items, unanswered=1)
        for deposit in chunk
        if deposit.pk not in known
    )
    parts = known | {part.deposit_id: part for part in made}
    for deposit in chunk:
        parts[deposit.pk].deposit = deposit
    return [parts[deposit.pk] for deposit in chunk]


def _ready(now: datetime) -> QuerySet[Deposit]:
    return Deposit.objects.filter(state=DepositState.DUE, attempts__lt=steps.ATTEMPTS_MAX).exclude(
        retry_at__gt=now
    )


def _first_of_each_resident(now: datetime) -> QuerySet[Deposit]:
    """Each resident's oldest deposit that is ready or waits for a limit, so that what came later
    never uses up a cap before it; one that a fault holds back holds back no other."""
    return (
        Deposit.objects.filter(state=DepositState.DUE, attempts__lt=steps.ATTEMPTS_MAX)
        .filter(Q(retry_at__isnull=True) | Q(retry_at__lte=now) | Q(wait_code__in=LIMIT_CODES))
        .order_by("resident_id", "received_at", "id")
        .distinct("resident_id")
    )


def _ask(parts: Sequence[DepositPart]) -> list[bulk.RewardAnswer]:
    found = bulk.rewards_open([_request(part) for part in parts])
    # A wallet is opened when it is first needed, which is rare; its deposits are asked for again.
    missing = {answer.request.wallet_id for answer in found if answer.code == "wallet_unknown"}
    if not missing:
        return found
    for wallet_id in sorted(missing):
        client.wallet_open(wallet_id)
    again = [answer.request for answer in found if answer.request.wallet_id in missing]
    return [
        *(answer for answer in found if answer.request.wallet_id not in missing),
        *bulk.rewards_open(again),
    ]


def _request(part: DepositPart) -> bulk.RewardRequest:
    resident = part.deposit.resident
    assert resident is not None  # the database says so of every deposit that is due
    assert resident.wallet_id is not None  # drawn when the card was linked
    return bulk.RewardRequest(
        wallet_id=resident.wallet_id,
        rule=RULE,
        evidence=part.pk,
        channel=CHANNEL,
        quantity=part.items,
    )
