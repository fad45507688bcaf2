"""The relayer: one process that keeps the chain in step with the ledger.

It may be killed at any moment. Whatever it does is either one SQL transaction or a repetition of
bytes stored by one (see ``forming``, ``settling``, ``rewinding``), so a new process goes on where
the chain and the tables are.

When the node is away nothing of the ledger waits for it: intents gather in the outbox and are
settled when it is back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from chain.client import ChainClient, ChainError
from chain.signer import ServiceRole, SignerUnavailable

from .checkpoints import Checkpoints
from .domain import Problem, RelayerState, TransactionState
from .errors import KeyringStale, RelayerBlocked
from .forming import batches_form
from .heartbeat import Heartbeat
from .issuing import issuing_stop_for
from .keyring import Keyring
from .locks import Lock, release_session_lock, try_session_lock
from .models import ChainTransaction, Deployment
from .periodic import PeriodicReconciliation
from .rewinding import chain_rewound
from .senders import is_paused_in_sequence
from .settling import WINDOW, chain_settle, nonces_compare
from .waiting import (
    StopSignal,
    batch_is_full,
    intents_waiting,
    subscribe,
    wait_for_intents,
)

_IDLE_S: Final = 2.0  # longest sleep without a notification; the heartbeat's rhythm too
_LOCK_RETRY_S: Final = 1.0
_FILL_S: Final = 0.1  # from one forming to the next, unless a batch is full: what comes gathers
_SHORTEST_WAIT_S: Final = 0.02  # for a receipt; doubles up to ...
_LONGEST_RECEIPT_WAIT_S: Final = 0.5
_FIRST_BACK_OFF_S: Final = 0.25  # after a failure; doubles up to ...
_LONGEST_BACK_OFF_S: Final = 5.0

logger = logging.getLogger(__name__)


class Relayer:
    """Settles until told to stop. One in the whole installation works; others wait for its lock."""

    def __init__(
        self,
        *,
        client: ChainClient,
        open_keyring: Callable[[Deployment], Keyring],
        stop: StopSignal,
        reconcile_every_s: float,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        self._client = client
        self._open_keyring = open_keyring
        self._stop = stop
        self._checkpoints = checkpoints
        self._heartbeat = Heartbeat()
        self._reconciliation = PeriodicReconciliation(client=client, every_s=reconcile_every_s)
        self._keyring: Keyring | None = None
        # Signing is certain, so it begins once node and ledger were found to fit, goes on while the
        # node is away, and stops with a problem until a step has gone through again.
        self._may_form = False
        self._held_back = False  # intents wait that may not be formed now
        self._formed_at = 0.0
        self._nonces_compared = False
        self._failures = 0
        self._receipt_waits = 0

    def run(self) -> None:
        """Work until stopped. Raises ``KeystoreError`` when a key can't be opened."""
        while not self._stop.is_set:
            try:
                self._work_under_lock()
            except (OperationalError, InterfaceError) as exc:
                # The session is gone, and its lock with it: start over with a new one.
                logger.error("database unavailable", extra={"code": type(exc).__name__})
                connection.close()
                self._failures += 1
                self._stop.wait(self._back_off_s())

    def _work_under_lock(self) -> None:
        """Single writer: the lock lives in the session that all our statements use."""
        said = False
        while not try_session_lock(Lock.RELAYER):
            if not said:
                logger.info("another relayer is at work; waiting for its lock")
                said = True
            self._stop.wait(_LOCK_RETRY_S)
            if self._stop.is_set:
                return
        self._may_form = False  # another session: perhaps of a ledger restored meanwhile
        self._nonces_compared = False
        try:
            subscribe()
            logger.info("relayer started")
            while not self._stop.is_set:
                self.step()
        finally:
            # The connection may go back to a pool instead of being closed.
            if connection.is_usable():
                release_session_lock(Lock.RELAYER)
        logger.info("relayer stopped")

    def step(self) -> None:
        """Do what can be done now, then wait for what comes next."""
        deployment = Deployment.objects.order_by("id").first()
        if deployment is None:
            self._say(RelayerState.WAITING_FOR_DEPLOYMENT)
            self._stop.wait(_LOCK_RETRY_S)
            return
        try:
            self._settle(deployment)
        except ChainError as exc:
            self._failures += 1
            self._nonces_compared = False
            self._say(RelayerState.NODE_UNAVAILABLE, detail=type(exc).__name__)
            self._stop.wait(self._back_off_s())
        except RelayerBlocked as blocked:
            self._failures += 1
            self._may_form = False
            self._nonces_compared = False
            self._say(RelayerState.BLOCKED, blocked.problem)
            if blocked.problem is Problem.LINES_REFUSED:
                issuing_stop_for(blocked.problem.value)
                self._reconciliation.advance()  # which entries, and by how much
            self._stop.wait(self._back_off_s())

    def _settle(self, deployment: Deployment) -> None:
        unsigned: SignerUnavailable | None = None
        formed = 0
        try:
            formed = self._form(deployment) if self._may_form else 0
        except SignerUnavailable as away:
            unsigned = away  # what is signed already goes on
        if self._client.chain_id() != deployment.chain_id:
            raise RelayerBlocked(Problem.CHAIN_ID)
        if not self._nonces_compared:
            nonces_compare(deployment=deployment, client=self._client)
            self._nonces_compared = True
        self._recover(deployment)
        progress = chain_settle(client=self._client)
        _check_refused_lines()
        if not self._may_form and intents_waiting():
            self._keys(deployment)  # a wrong key blocks here too, not in every second step only
        if unsigned is not None:
            raise RelayerBlocked(Problem.SIGNER_UNAVAILABLE) from unsigned
        self._may_form = True
        self._failures = 0
        if formed or progress.confirmed or progress.sent:
            self._receipt_waits = 0
            self._say_working()
            self._reconciliation.advance_a_little()
        elif progress.waiting:
            self._say_working()
            self._stop.wait(self._receipt_wait_s())
        else:
            self._rest()

    def _rest(self) -> None:
        """Nothing is on its way to the chain: compare, keep a copy, or wait for the next intent."""
        if self._held_back and is_paused_in_sequence():
            self._say(RelayerState.BLOCKED, Problem.CONTRACT_PAUSED)
        else:
            self._say(RelayerState.IDLE)
        if self._reconciliation.advance():
            return
        if self._checkpoints is not None and self._checkpoints.keep_if_due(self._client):
            return
        if self._held_back:
            # A pause, or a stop of issuing: what waits may not be formed, and no notification says
            # when it may.
            self._stop.wait(_IDLE_S)
        else:
            wait_for_intents(stop=self._stop, seconds=_IDLE_S)

    def _recover(self, deployment: Deployment) -> None:
        """If the chain went back: bring it forward by a copy of its state where there is one, and
        mark what is still missing."""

        def restore() -> bool:
            if self._checkpoints is None:
                return False
            restored = self._checkpoints.restore_if_empty(self._client, deployment)
            if restored:
                self._reconciliation.start_over()
            return restored

        def beat() -> None:
            self._say(RelayerState.REBUILDING)

        if chain_rewound(client=self._client, beat=beat, restore=restore):
            beat()
            self._reconciliation.start_over()

    def _form(self, deployment: Deployment) -> int:
        """Form batches while fewer than ``WINDOW`` transactions wait, node or no node.

        Not behind a transaction of another key than the issuer's that is not confirmed: it could
        not be sent before anyway, and each key's transactions stand together in the order, which is
        what issuing a reverted one again relies on.
        """
        self._held_back = False
        if not intents_waiting():
            return 0
        waiting = _unconfirmed_roles()
        if len(waiting) >= WINDOW or any(role != ServiceRole.ISSUER for role in waiting):
            return 0
        _check_refused_lines()
        fill_for_s = self._formed_at + _FILL_S - time.monotonic()
        if fill_for_s > 0 and not batch_is_full():
            self._stop.wait(fill_for_s)
        try:
            formed = batches_form(deployment=deployment, keyring=self._keys(deployment))
        except KeyringStale:
            logger.info("the keys were rotated; opening those in use now")
            self._keyring = None
            return 0
        self._held_back = formed == 0
        self._formed_at = time.monotonic()
        return formed

    def _keys(self, deployment: Deployment) -> Keyring:
        if self._keyring is None:
            try:
                self._keyring = self._open_keyring(deployment)
            except SignerUnavailable as away:
                raise RelayerBlocked(Problem.SIGNER_UNAVAILABLE) from away
        return self._keyring

    def _say_working(self) -> None:
        rebuilding = (
            ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED)
            .filter(first_confirmed_at__isnull=False)
            .exists()
        )
        self._say(RelayerState.REBUILDING if rebuilding else RelayerState.SETTLING)

    def _say(
        self, state: RelayerState, problem: Problem = Problem.NONE, *, detail: str = ""
    ) -> None:
        if self._heartbeat.beat(state, problem) and state in (
            RelayerState.NODE_UNAVAILABLE,
            RelayerState.BLOCKED,
        ):
            logger.error("not settling", extra={"state": state, "code": problem or detail})

    def _receipt_wait_s(self) -> float:
        self._receipt_waits += 1
        return _doubling(_SHORTEST_WAIT_S, self._receipt_waits, _LONGEST_RECEIPT_WAIT_S)

    def _back_off_s(self) -> float:
        return _doubling(_FIRST_BACK_OFF_S, self._failures, _LONGEST_BACK_OFF_S)


def _doubling(first_s: float, attempt: int, longest_s: float) -> float:
    """``first_s`` for attempt 1, twice as long each time, ``longest_s`` at most."""
    return min(first_s * 2.0 ** min(attempt - 1, 16), longest_s)


def _unconfirmed_roles() -> list[str]:
    """Who signed what waits for the chain, one for each transaction; ``WINDOW`` at most."""
    waiting = ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED)
    return list(waiting.order_by("place").values_list("sender_role", flat=True)[:WINDOW])


def _check_refused_lines() -> None:
    """Ledger and chain disagree: no more batches until a person has looked."""
    if ChainTransaction.objects.filter(lines_refused__gt=0).exists():
        raise RelayerBlocked(Problem.LINES_REFUSED)
