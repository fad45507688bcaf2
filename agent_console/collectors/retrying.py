"""Having deposits asked for again before their time, by a person."""

import uuid
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.wallet.rewards import LIMIT_CODES

from . import queue
from .errors import DepositNotDue, RetryPermissionMissing
from .models import Deposit, DepositRetry, DepositState

RETRY_DEPOSIT = "collectors.retry_deposit"


@transaction.atomic
def deposits_retry(*, deposit_ids: Collection[uuid.UUID], actor: User) -> int:
    """Have the wallet asked at once for deposits that are due; their number.

    ONE transaction holds the deposits, the history and the job.  A resident's deposits that wait
    for the same limit come along, the oldest of them first.  The tries are counted from the
    beginning; since when they fail stays, until there is an answer.  Asking is harmless: a part's
    key is the same for ever.

    Raises ``RetryPermissionMissing``, ``DepositNotDue`` (none of them is due any more).
    """
    if not actor.has_perm(RETRY_DEPOSIT):
        raise RetryPermissionMissing
    deposits = list(
        Deposit.objects.select_for_update(of=("self",))
        .filter(pk__in=deposit_ids, state=DepositState.DUE)
        .select_related("resident")
        .order_by("pk")
    )
    if not deposits:
        raise DepositNotDue
    DepositRetry.objects.bulk_create(
        DepositRetry(
            deposit=deposit, actor=actor, attempts=deposit.attempts, wait_code=deposit.wait_code
        )
        for deposit in deposits
    )
    chosen = [deposit.pk for deposit in deposits]
    Deposit.objects.filter(pk__in=chosen).update(attempts=0, retry_at=None)
    limited = {deposit.resident for deposit in deposits if deposit.wait_code in LIMIT_CODES}
    Deposit.objects.filter(
        state=DepositState.DUE, resident__in=limited, wait_code__in=LIMIT_CODES
    ).update(retry_at=None)
    queue.enqueue_rewards()
    return len(deposits)
