"""One effect and one answer per idempotency key, whatever is sent again and whenever.

The key's row holds the first answer and is inserted in the transaction of the effect, so a crash
leaves both or neither.  Refusals are not kept: nothing was written, and the same request may
succeed once its reason is gone.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from .errors import IdempotencyConflict, Refusal
from .models import IdempotencyKey

_KEEP = """
INSERT INTO ledger_idempotencykey (client, key, request_sha256, status, body)
VALUES (%(client)s, %(key)s, %(sha256)s, %(status)s, %(body)s::jsonb)
ON CONFLICT (client, key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told: an HTTP status and a JSON object."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A write as its caller sent it.

    ``client`` is the token's name and ``key`` the caller's own (1–200 characters); ``operation``
    and ``arguments`` are what must be equal for it to be the same request.
    """

    client: str
    key: str
    operation: str
    arguments: Mapping[str, str | int | uuid.UUID]

    @property
    def sha256(self) -> bytes:
        """Digest of operation and arguments in one canonical form."""
        canonical = json.dumps(
            {"operation": self.operation, **{k: str(v) for k, v in self.arguments.items()}},
            sort_keys=True,
            separators=(",", ":"),
        )
        return hashlib.sha256(canonical.encode()).digest()


def answer_once(request: Request, effect: Callable[[], Answer]) -> Answer:
    """Run ``effect`` once for ``request``'s key, or give its first answer again.

    Raises ``IdempotencyConflict`` when the key was used for another request, and whatever
    ``effect`` raises (then nothing is written).

    The key is not looked up first, because nearly every key is new.  A request that was answered
    before is refused by the key's row, or earlier by a row that the first one has changed; its
    transaction is rolled back and it gets the kept answer.  Of two at the same moment, the second
    waits for the first one's rows and then goes the same way.
    """
    try:
        with transaction.atomic(durable=True):
            return effect()
    except Refusal:
        if stored := _stored_answer(request):
            return stored
        raise


def answer_keep(request: Request, answer: Answer) -> Answer:
    """Insert the key's row; call it inside the effect, before the ledger's hot rows are locked.

    Raises ``IdempotencyConflict`` when the key is taken: ``answer_once`` finds out by whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "client": request.client,
                "key": request.key,
                "sha256": request.sha256,
                "status": answer.status,
                "body": json.dumps(answer.body),
            },
        )
        if cursor.rowcount == 0:
            raise IdempotencyConflict
    return answer


def _stored_answer(request: Request) -> Answer | None:
    row = (
        IdempotencyKey.objects.filter(client=request.client, key=request.key)
        .values_list("request_sha256", "status", "body")
        .first()
    )
    if row is None:
        return None
    digest, status, body = row
    if bytes(digest) != request.sha256:
        raise IdempotencyConflict
    return Answer(status=status, body=body, replayed=True)
