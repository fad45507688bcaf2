"""From intents to signed batches: the step that makes a settlement certain.

A thousand lines are picked, stored and marked with one statement each: what Python does a line is
packing it into 32 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db import connection, transaction

from chain.codec import Line, Operation, encode_batch
from wallet_service.ledger.services import issuing_is_stopped

from .domain import PlannedBatch, TransactionKind, batch_gas, plan_batches
from .errors import KeyringStale
from .keyring import Keyring
from .models import Batch, Deployment
from .senders import is_paused_in_sequence
from .sequence import SequenceWriter

INTENTS_AT_ONCE: Final = 1_000

_PICK: Final = """
SELECT id, operation, from_address, to_address, points
  FROM ledger_settlementintent
 WHERE NOT batched
 ORDER BY id
 LIMIT %s
"""
# While nothing may be minted: what comes before the first mint that waits. A later intent may
# spend the points of that mint, and the contract would refuse its line.
_PICK_BEFORE_MINTS: Final = """
SELECT id, operation, from_address, to_address, points
  FROM ledger_settlementintent
 WHERE NOT batched
   AND id < coalesce((SELECT id FROM ledger_settlementintent
                       WHERE NOT batched AND operation = 'mint' ORDER BY id LIMIT 1),
                     9223372036854775807)
 ORDER BY id
 LIMIT %s
"""
# Numbers are dense and in the order of the batches, so the place of an intent among those picked
# says its number, and its number says its batch.
_STORE: Final = """
INSERT INTO settlement_settlementline
       (number, intent_id, batch_id, position, from_address, to_address, points)
SELECT picked.number, intent.id, batch.id, picked.number - batch.first,
       intent.from_address, intent.to_address, intent.points
  FROM (SELECT id, %(first)s::bigint + place - 1 AS number
          FROM unnest(%(intents)s::bigint[]) WITH ORDINALITY AS given (id, place)) AS picked
  JOIN unnest(%(batches)s::bigint[], %(firsts)s::bigint[], %(counts)s::bigint[])
       AS batch (id, first, lines)
    ON picked.number >= batch.first AND picked.number < batch.first + batch.lines
  JOIN ledger_settlementintent AS intent ON intent.id = picked.id
 ORDER BY picked.number
"""
_MARK: Final = "UPDATE ledger_settlementintent SET batched = true WHERE id = ANY(%s::bigint[])"


class Intent(NamedTuple):
    """What the chain must do for an entry, as the ledger's outbox holds it."""

    id: int
    operation: str
    from_address: str | None
    to_address: str | None
    points: int


def batches_form(*, deployment: Deployment, keyring: Keyring) -> int:
    """Put up to ``INTENTS_AT_ONCE`` waiting intents into signed batches; returns how many.

    One SQL transaction picks the intents, numbers them, assigns nonces, signs, stores the raw
    transactions and marks the intents. A crash before its commit leaves everything waiting; after
    it, all that is left to do is to send the stored bytes, however often.

    Forms nothing behind a stored pause, which only ends with a transaction that comes after it, and
    no mints while issuing is stopped. Raises ``KeyringStale`` when the keys were rotated since the
    keyring was opened, and ``chain.signer.SignerUnavailable``.
    """
    with transaction.atomic():
        writer = SequenceWriter()
        if not keyring.fits(deployment):
            raise KeyringStale
        if is_paused_in_sequence():
            return 0
        intents = _pick()
        if not intents:
            return 0
        formed = [
            (_store(planned, deployment=deployment, keyring=keyring, writer=writer), planned)
            for planned in plan_batches((Operation(i.operation), i) for i in intents)
        ]
        _lines_store(formed)
        with connection.cursor() as cursor:
            cursor.execute(_MARK, [[intent.id for intent in intents]])
    return len(intents)


def _pick() -> list[Intent]:
    # The lock of the sequence is held: nobody else marks intents meanwhile.
    statement = _PICK_BEFORE_MINTS if issuing_is_stopped() else _PICK
    with connection.cursor() as cursor:
        cursor.execute(statement, [INTENTS_AT_ONCE])
        return [Intent(*row) for row in cursor.fetchall()]


def _store(
    planned: PlannedBatch[Intent],
    *,
    deployment: Deployment,
    keyring: Keyring,
    writer: SequenceWriter,
) -> Batch:
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
    return Batch.objects.create(
        transaction=signed,
        settling=signed,
        operation=operation,
        first_number=first,
        line_count=len(intents),
        points=sum(intent.points for intent in intents),
    )


def _lines_store(formed: Sequence[tuple[Batch, PlannedBatch[Intent]]]) -> None:
    batches = [batch for batch, _ in formed]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "first": batches[0].first_number,
                "intents": [intent.id for _, planned in formed for intent in planned.intents],
                "batches": [batch.pk for batch in batches],
                "firsts": [batch.first_number for batch in batches],
                "counts": [batch.line_count for batch in batches],
            },
        )


def _line(operation: Operation, intent: Intent) -> Line:
    """The addresses that the operation needs are there: a constraint of the intent's table."""
    match operation:
        case Operation.MINT:
            return Line(str(intent.to_address), intent.points)
        case Operation.MOVE:
            return Line(str(intent.from_address), intent.points, str(intent.to_address))
        case Operation.BURN:
            return Line(str(intent.from_address), intent.points)
