"""Words and rules of settlement. Pure: standard library and the chain's own vocabulary only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched
from typing import Final

from chain.codec import MAX_LINES, Operation, Role
from chain.signer import ServiceRole


class TransactionKind(StrEnum):
    """What a stored transaction does."""

    DEPLOY = "deploy"
    GRANT = "grant"
    REVOKE = "revoke"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    BATCH = "batch"


class TransactionState(StrEnum):
    """Where a stored transaction stands.

    signed → sent → confirmed; any → signed when the chain lost it (see ``rewinding``).
    """

    SIGNED = "signed"
    SENT = "sent"
    CONFIRMED = "confirmed"


class RelayerState(StrEnum):
    """What the relayer's heartbeat says it is doing."""

    IDLE = "idle"
    SETTLING = "settling"
    REBUILDING = "rebuilding"  # the chain lost what it had confirmed
    WAITING_FOR_DEPLOYMENT = "waiting_for_deployment"  # deploy_contract has not run yet
    NODE_UNAVAILABLE = "node_unavailable"  # the ledger serves on, the chain catches up later
    BLOCKED = "blocked"  # needs a person: see ``Problem``


class Problem(StrEnum):
    """Why the relayer stopped by itself; nothing is sent or formed until it is resolved."""

    NONE = ""
    CHAIN_ID = "chain_id_differs"
    CHAIN_AHEAD = "chain_ahead"  # a nonce is used and our transaction is not there
    CODE_DIFFERS = "code_differs"  # not our contract at the contract's address
    CONTRACT_PAUSED = "contract_paused"
    PAUSE_DIFFERS = "pause_differs"  # (un)paused by hand, not as the sequence says
    ROLE_MISSING = "role_missing"
    TRANSACTION_REFUSED = "transaction_refused"  # the node does not take it
    TRANSACTION_REVERTED = "transaction_reverted"
    EVENT_MISSING = "event_missing"  # mined, but the contract did not say what it must
    LINES_REFUSED = "lines_refused"  # the contract could not apply a line: drift
    KEY_DIFFERS = "key_differs"  # the keystore is not the one the contract knows
    SIGNER_UNAVAILABLE = "signer_unavailable"  # the remote signer is away or refuses


SENDER: Final = {
    Operation.MINT: ServiceRole.ISSUER,
    Operation.MOVE: ServiceRole.REDEEMER,
    Operation.BURN: ServiceRole.REDEEMER,
}

# What each key may do in the contract; the admin's key pauses, too.
ROLES: Final = {
    ServiceRole.ADMIN: (Role.ADMIN, Role.PAUSER),
    ServiceRole.ISSUER: (Role.ISSUER,),
    ServiceRole.REDEEMER: (Role.REDEEMER,),
}
NEEDED: Final = {
    TransactionKind.GRANT: Role.ADMIN,
    TransactionKind.REVOKE: Role.ADMIN,
    TransactionKind.PAUSE: Role.PAUSER,
    TransactionKind.UNPAUSE: Role.PAUSER,
}
"""The role that the sender of an administrative transaction must have."""

PLACE_STEP: Final = 1 << 20
"""Distance of two neighbours in the order of sending: room for what is issued again between."""


class DriftKind(StrEnum):
    """How an entry, or a transaction, explains that ledger and chain disagree."""

    MISSING_ON_CHAIN = "missing_on_chain"  # settled by our books, without its Transfer
    UNKNOWN_ON_CHAIN = "unknown_on_chain"  # a Transfer that no settled entry asked for
    REFUSED_ON_CHAIN = "refused_on_chain"  # the contract used the line's number up, no more
    LEDGER_WITHOUT_INTENT = "ledger_without_intent"  # an entry moved what its intent does not
    BALANCE_TAMPERED = "balance_tampered"  # an account's balance is not its postings' result
    ADDRESS_UNKNOWN = "address_unknown"  # points meant for an address that is no wallet
    FOREIGN_TRANSACTION = "foreign_transaction"  # a batch that is not in the sequence
    BOOKS = "books"  # the sums of the books differ; nothing closer was found
    SUPPLY = "supply"  # the supply differs; nothing closer was found
    UNEXPLAINED = "unexplained"  # the wallet differs; nothing closer was found


# Upper bounds, in gas. Measured on 200 lines (chain/tests): mint of a new account 26,100 a line,
# move to a new account 31,600, burn 9,200. A limit is not a price: unused gas costs nothing.
_GAS_A_LINE: Final = {Operation.MINT: 35_000, Operation.MOVE: 60_000, Operation.BURN: 35_000}
_GAS_A_BATCH: Final = 100_000
DEPLOY_GAS: Final = 5_000_000
GRANT_GAS: Final = 300_000
ADMINISTRATION_GAS: Final = 300_000
TRANSACTION_GAS_CAP: Final = 16_777_216  # EIP-7825


def batch_gas(operation: Operation, *, lines: int) -> int:
    """Gas limit of a batch: fixed by its size, so that signing needs no node."""
    return min(_GAS_A_BATCH + lines * _GAS_A_LINE[operation], TRANSACTION_GAS_CAP)


@dataclass(frozen=True)
class PlannedBatch[I]:
    """The lines of one contract call, in order; 1 to ``MAX_LINES``."""

    operation: Operation
    intents: Sequence[I]


def plan_batches[I](intents: Iterable[tuple[Operation, I]]) -> Iterator[PlannedBatch[I]]:
    """Group intents, given in the order of their ids, into batches in the order to settle them.

    Mints first, then moves, then burns, each in the order given. No line can then exceed its
    account's balance on the chain if the ledger never let an account go below zero:

    - an intent that spends was written after those it depends on were committed, so they have
      lower ids and are settled already or among the intents given;
    - credits that come earlier than in the ledger only raise balances, and before each move the
      chain holds at least what the ledger held then (burns are still to come);
    - the burns come last: after all of them every balance is the ledger's, hence not below zero.
    """
    ordered: dict[Operation, list[I]] = {operation: [] for operation in Operation}
    for operation, intent in intents:
        ordered[operation].append(intent)
    for operation, group in ordered.items():
        for chunk in batched(group, MAX_LINES):
            yield PlannedBatch(operation, chunk)
