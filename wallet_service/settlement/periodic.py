"""Reconciling by itself: after a start, after a rebuild, and every few minutes.

Only the relayer does it, a page of wallets at a time: an intent that comes meanwhile waits for one
page at most. While nothing is to be settled, pages follow each other; a relayer that never rests
compares in between, for a sixth of its time at most. The command ``reconcile`` does it at any time.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from chain.client import ChainClient, ChainError

from .errors import SettlementError
from .facts import Reconciliation
from .issuing import issuing_follow
from .reconciliation import Comparison

_RETRY_S: Final = 10.0  # after the node did not answer
_REST_WITHIN_S: Final = 5.0
_WORK_TO_PAGE: Final = 5.0  # a busy relayer settles five times as long as it compares
logger = logging.getLogger(__name__)


class PeriodicReconciliation:
    """Keeps the date of the next comparison, and the one that is under way."""

    def __init__(self, *, client: ChainClient, every_s: float) -> None:
        self._client = client
        self._every_s = every_s
        self._due_at = time.monotonic()
        self._under_way: Comparison | None = None
        self._not_before = 0.0

    def advance_a_little(self) -> bool:
        """As ``advance``, but only a bounded part of the time: for between two batches."""
        started = time.monotonic()
        # What is due waits a little for a rest, which most of the time comes soon.
        if self._under_way is None and started < self._due_at + _REST_WITHIN_S:
            return False
        if started < self._not_before or not self.advance():
            return False
        ended = time.monotonic()
        self._not_before = ended + _WORK_TO_PAGE * (ended - started)
        return True

    def start_over(self) -> None:
        """The chain is another than a moment ago: what was compared counts for nothing."""
        self._under_way = None
        self._due_at = time.monotonic()

    def advance(self) -> bool:
        """Compare the next page if it is time to; False when there is nothing to do.

        A node that fails is not the relayer's business here: it is asked again a little later.
        """
        now = time.monotonic()
        if self._under_way is None and now < self._due_at:
            return False
        # Forgotten until the page is done: a lost database leaves nothing half compared behind,
        # and does not bring us here again at once.
        comparison, self._under_way = self._under_way, None
        self._due_at = now + self._every_s
        try:
            comparison = comparison or Comparison(client=self._client, store=True)
            result = comparison.compare_page()
        except (ChainError, SettlementError) as exc:
            logger.warning("reconciliation interrupted", extra={"code": type(exc).__name__})
            self._due_at = now + min(_RETRY_S, self._every_s)
            return True
        if result is None:
            self._under_way = comparison
        else:
            issuing_follow(result)
            _log(result)
        return True


def _log(result: Reconciliation) -> None:
    place = {"block_number": result.block_number}
    if result.agrees:
        logger.info("ledger and chain agree", extra={**place, "count": result.wallets})
    else:
        logger.error("ledger and chain disagree", extra={**place, "count": len(result.drifts)})
