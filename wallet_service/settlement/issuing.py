"""No points are minted while ledger and chain disagree; the ledger's own stop, set and lifted here.

The last comparison that was stored decides. A stop that somebody made for another reason is left
alone.
"""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction

from wallet_service.ledger.services import issuing_resume, issuing_stop, issuing_stop_reason

from .domain import Problem
from .facts import Reconciliation

DRIFT: Final = "drift"
_OURS: Final = frozenset({DRIFT, Problem.LINES_REFUSED.value})
logger = logging.getLogger(__name__)


def issuing_follow(result: Reconciliation) -> None:
    """Stop issuing on a disagreement, allow it again once ledger and chain agree.

    One SQL transaction; a crash before it is mended by the next comparison, at most a few minutes
    later, and ``/readyz`` shows the disagreement meanwhile.
    """
    if not result.agrees:
        issuing_stop_for(DRIFT)
        return
    with transaction.atomic():
        if issuing_stop_reason() in _OURS:
            issuing_resume(reason="reconciled")
            logger.warning("issuing goes on: ledger and chain agree again")


def issuing_stop_for(reason: str) -> None:
    """Stop issuing, if it is not stopped already."""
    with transaction.atomic():
        if issuing_stop_reason() is None:
            issuing_stop(reason=reason)
            logger.error("issuing is stopped", extra={"code": reason})
