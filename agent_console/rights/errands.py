"""What stands outside the database follows an erasure: the wallet, the assistant's memory.

Each errand is repeated until it is done, and harmless to repeat.
"""

import uuid

import httpx
from django.conf import settings
from django.db import transaction

from agent_console.wallet.closures import wallet_close

from . import queue
from .closed_wallets import wallets_add
from .models import Errand, ErrandKind

_TIMEOUT = httpx.Timeout(10.0, connect=2.0)


class AssistantUnavailable(Exception):
    """The assistant has not forgotten yet; ask again later."""


def errand_run(*, errand_id: uuid.UUID) -> None:
    """Do it, then drop the row.  Raises ``WalletError``, ``AssistantUnavailable``, ``OSError``."""
    errand = Errand.objects.filter(pk=errand_id).first()
    if errand is None:
        return
    if errand.kind == ErrandKind.WALLET:
        wallet_close(wallet_id=errand.subject)
        wallets_add(errand.subject)
    else:
        _assistant_forgets(errand.subject)
    errand.delete()


@transaction.atomic
def errands_again() -> int:
    """Have what a job gave up tried again; how many wait."""
    waiting = list(Errand.objects.values_list("pk", flat=True)[:500])
    for errand_id in waiting:
        queue.enqueue_errand(errand_id=errand_id)
    return len(waiting)


def _assistant_forgets(conversation_id: uuid.UUID) -> None:
    try:
        httpx.delete(
            f"{settings.RASA_URL}/hub/conversations/{conversation_id}",
            headers={"Authorization": f"Bearer {settings.RASA_TOKEN}"},
            timeout=_TIMEOUT,
        ).raise_for_status()
    except httpx.HTTPError as failure:
        raise AssistantUnavailable from failure
