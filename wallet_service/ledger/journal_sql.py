"""The text and the parameters of the statement that writes entries.

The same statement for one entry and for many; they differ in how the rows come in (``RowSource``).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .domain import HOLDER_KINDS
from .row_source import RowSource

if TYPE_CHECKING:
    from .journal import Draft

# Nobody else may touch the lots of these wallets until this transaction ends. Evaluated before any
# account is locked, because the postings wait for it; in the order of the keys.
_LOCKED = """
locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(key)
      FROM (SELECT key FROM unnest(%(locks)s::bigint[]) AS key ORDER BY key) AS keys
)"""
_WAIT = "WHERE (SELECT count(*) FROM locked) >= 0"
_ENTRY = """
entry AS (
    INSERT INTO ledger_journalentry (id, kind, wallet_id, subject, corrects_id)
    SELECT * FROM {entries}
)"""
_INTENT = """
intent AS (
    INSERT INTO ledger_settlementintent (entry_id, operation, from_address, to_address, points)
    SELECT asked.entry, asked.operation, giver.address, taker.address, asked.points
      FROM {intents}
      LEFT JOIN ledger_wallet AS giver ON giver.id = asked.giver
      LEFT JOIN ledger_wallet AS taker ON taker.id = asked.taker
     ORDER BY asked.entry
)"""
_LOT = """
lot AS (
    INSERT INTO ledger_lot (entry_id, wallet_id, points, remaining_points, expires_at)
    SELECT entry, wallet, points, points, expires_at FROM {lots} ORDER BY entry
)"""
_MOVEMENT = """
movement AS (
    INSERT INTO ledger_lotmovement (entry_id, lot_id, points)
    SELECT * FROM {movements}
)"""
# The accounts are found by kind, then locked in the order of their ids (the trigger on posting
# updates each row as it is inserted), so that two statements can't wait for each other.
_POSTINGS = """
INSERT INTO ledger_posting (entry_id, account_id, points)
SELECT leg.entry, account.id, leg.points
  FROM {legs}
  LEFT JOIN ledger_account AS account
    ON account.wallet_id = leg.owner AND account.kind = leg.kind
 {wait}
 UNION ALL
SELECT leg.entry, account.id, leg.points
  FROM {system}
  LEFT JOIN ledger_account AS account
    ON account.kind = leg.kind AND account.shard = %(shard)s
 {wait}
 ORDER BY 2, 1
"""

_SOURCES: Final = {
    source.name: source
    for source in (
        RowSource(
            "entries",
            "entry",
            {"id": "uuid", "kind": "text", "wallet": "uuid", "subject": "uuid", "corrects": "uuid"},
        ),
        RowSource(
            "legs", "leg", {"entry": "uuid", "kind": "text", "owner": "uuid", "points": "bigint"}
        ),
        RowSource("system", "leg", {"entry": "uuid", "kind": "text", "points": "bigint"}),
        RowSource(
            "intents",
            "asked",
            {
                "entry": "uuid",
                "operation": "text",
                "giver": "uuid",
                "taker": "uuid",
                "points": "bigint",
            },
        ),
        RowSource(
            "lots",
            "lot",
            {"entry": "uuid", "wallet": "uuid", "points": "bigint", "expires_at": "timestamptz"},
        ),
        RowSource("movements", "movement", {"entry": "uuid", "lot": "bigint", "points": "bigint"}),
    )
}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Alongside:
    """The caller's own rows, written by the same statement as the entries: one round trip less.

    ``ctes``: its ``WITH`` items, evaluated before any account is locked; ``answer``: what is
    selected from them; ``parameters``: theirs, under names that end in no source of ours.
    """

    ctes: str
    answer: str
    parameters: Mapping[str, Any]


def entry_statement(
    drafts: Sequence[Draft],
    *,
    shard: int,
    locks: Sequence[int],
    alongside: Alongside | None = None,
) -> tuple[str, dict[str, Any]]:
    """The statement that writes these entries, and its parameters."""
    rows = _rows(drafts)
    alone = len(drafts) == 1
    parameters: dict[str, Any] = {"shard": shard}
    if locks:
        parameters["locks"] = list(locks)
    for name, given in rows.items():
        if alone and name != "movements":
            parameters |= _SOURCES[name].value_parameters(given)
        elif given:
            parameters |= _SOURCES[name].array_parameters(given)
    counts = tuple(
        (name, len(given) if alone and name != "movements" else bool(given))
        for name, given in rows.items()
    )
    if alongside is None:
        return _statement(counts, alone=alone, lock=bool(locks)), parameters
    parameters.update(alongside.parameters)
    own = (alongside.ctes, alongside.answer)
    return _statement(counts, alone=alone, lock=bool(locks), own=own), parameters


@functools.cache
def _statement(
    counts: tuple[tuple[str, int], ...],
    *,
    alone: bool,
    lock: bool,
    own: tuple[str, str] | None = None,
) -> str:
    present = dict(counts)
    source = {
        name: rows.values(present[name]) if alone and name != "movements" else rows.arrays()
        for name, rows in _SOURCES.items()
    }
    parts = [
        *([_LOCKED] if lock else []),
        _ENTRY.format(**source),
        *([_INTENT.format(**source)] if present["intents"] else []),
        *([_LOT.format(**source)] if present["lots"] else []),
        *([_MOVEMENT.format(**source)] if present["movements"] else []),
    ]
    postings = _POSTINGS.format(wait=_WAIT if lock else "", **source)
    if own is None:
        return f"WITH {','.join(parts)} {postings}"
    # What is selected is evaluated first; a part that nothing is selected from, after it.
    ctes, answer = own
    return f"WITH {ctes}, {','.join(parts)}, posted AS ({postings}) SELECT {answer}"


def _rows(drafts: Sequence[Draft]) -> Rows:
    """What is inserted, by source and in the order of its columns."""
    rows: Rows = {source: [] for source in _SOURCES}
    for draft in drafts:
        entry, operation = draft.entry_id, draft.operation
        rows["entries"].append(
            (entry, operation.kind.value, draft.wallet_id, draft.subject, draft.corrects)
        )
        for leg in operation.legs:
            if leg.kind in HOLDER_KINDS:
                owner = draft.owner_of(leg.kind)
                rows["legs"].append((entry, leg.kind.value, owner, leg.points))
            else:
                rows["system"].append((entry, leg.kind.value, leg.points))
        if asked := operation.settles:
            giver, taker = draft.holder(asked.from_holder), draft.holder(asked.to_holder)
            rows["intents"].append((entry, asked.operation.value, giver, taker, asked.points))
        if draft.new_lot:
            rows["lots"].append((entry, draft.wallet_id, *draft.new_lot))
        rows["movements"] += [(entry, part.lot, -part.points) for part in draft.taken]
        rows["movements"] += [(entry, part.lot, part.points) for part in draft.put_back]
    return rows
