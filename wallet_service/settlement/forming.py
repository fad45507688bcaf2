"""From intents to signed batches: the step that makes a settlement certain."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from chain.codec import Line, Operation, encode_batch
from wallet_service.ledger.models import SettlementIntent

from .domain import PlannedBatch, TransactionKind, batch_gas, plan_batches
from .keyring import Keyring
from .models import Batch, Deployment, SettlementLine
from .sequence import SequenceWriter

INTENTS_AT_ONCE: Final = 1_000


def batches_form(*, deployment: Deployment, keyring: Keyring) -> int:
    """Put up to ``INTENTS_AT_ONCE`` waiting intents into signed batches; returns how many.

    One SQL transaction picks the intents, numbers them, assigns nonces, signs, stores the raw
    transactions and marks the intents. A crash before its commit leaves everything waiting; after
    it, all that is left to do is to send the stored bytes, however often.
    """
    with transaction.atomic():
        writer = SequenceWriter()
        intents = list(
            SettlementIntent.objects.select_for_update()
            .filter(batched=False)
            .order_by("id")[:INTENTS_AT_ONCE]
        )
        for planned in plan_batches((Operation(i.operation), i) for i in intents):
            _store(planned, deployment=deployment, keyring=keyring, writer=writer)
        ids = [intent.pk for intent in intents]
        SettlementIntent.objects.filter(pk__in=ids).update(batched=True)
    return len(intents)


def _store(
    planned: PlannedBatch[SettlementIntent],
    *,
    deployment: Deployment,
    keyring: Keyring,
    writer: SequenceWriter,
) -> None:
    operation, intents = planned.operation, planned.intents
    first = writer.next_numbers(len(intents))
    role, signer = keyring.for_operation(operation)
    signed = writer.append(
        deployment=deployment,
        kind=TransactionKind.BATCH,
        role=role,
        signer=signer,
        gas=batch_gas(operation, lines=len(intents)),
        to=deployment.contract_address,
        data=encode_batch(
            operation, first=first, lines=[_line(operation, intent) for intent in intents]
        ),
    )
    batch = Batch.objects.create(
        transaction=signed,
        operation=operation,
        first_number=first,
        line_count=len(intents),
        points=sum(intent.points for intent in intents),
    )
    SettlementLine.objects.bulk_create(
        SettlementLine(
            number=first + position,
            intent=intent,
            batch=batch,
            position=position,
            from_address=intent.from_address,
            to_address=intent.to_address,
            points=intent.points,
        )
        for position, intent in enumerate(intents)
    )


def _line(operation: Operation, intent: SettlementIntent) -> Line:
    """The addresses that the operation needs are there: a constraint of the intent's table."""
    match operation:
        case Operation.MINT:
            return Line(str(intent.to_address), intent.points)
        case Operation.MOVE:
            return Line(str(intent.from_address), intent.points, str(intent.to_address))
        case Operation.BURN:
            return Line(str(intent.from_address), intent.points)
