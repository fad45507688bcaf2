"""Rewards that are asked for one by one, at the same moment, are written together.

A transaction costs nearly the same for one reward as for ten.  So while one thread of a process
writes, those that come meanwhile wait in line, and the first of them then writes for all.  In busy
times (the last transaction held several) who writes next gives the others a moment to come back,
as PostgreSQL's ``commit_delay`` does; at other times nobody waits for company.

What is promised is what ``reward_open`` promises: a request returns after its own reward is
committed, and a crash leaves all of a transaction or nothing of it, so that whoever got no answer
asks again with the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event

from wallet_service.ledger.errors import Refusal
from wallet_service.ledger.idempotency import Answer

from .bulk import MAX_ITEMS, BulkItem, Result, item_open, rewards_open

_MOMENT_S = 0.001
WriteOne = Callable[[str, BulkItem], Result]
WriteMany = Callable[[str, Sequence[BulkItem]], Sequence[Result]]


@dataclass(eq=False, slots=True)
class _Asking:
    """A request in line.  ``called``: it is written, or it is its turn to write."""

    client: str
    item: BulkItem
    called: Event = field(default_factory=Event)
    is_handled: bool = False
    result: Result | None = None


class Line:
    """The requests of one process, in the order of their coming."""

    def __init__(self, *, write_one: WriteOne, write_many: WriteMany) -> None:
        self._write_one = write_one
        self._write_many = write_many
        self._changed = Condition()
        self._waiting: list[_Asking] = []
        self._is_writing = False
        self._last_together = 1

    def open(self, *, client: str, item: BulkItem) -> Answer:
        """Open one reward, alone or with others; raises what ``reward_open`` raises."""
        mine = _Asking(client, item)
        if self._stands_in_line(mine):
            mine.called.wait()
        if not mine.is_handled:
            try:
                self._write_for_all(mine)
            finally:
                self._call_next()
        # No result: the transaction of all failed for whoever wrote; each is heard alone.
        result = self._write_one(client, item) if mine.result is None else mine.result
        if isinstance(result, Refusal):
            raise result
        return result

    def _stands_in_line(self, mine: _Asking) -> bool:
        with self._changed:
            if self._is_writing:
                self._waiting.append(mine)
                self._changed.notify()
                return True
            self._is_writing = True
            return False

    def _write_for_all(self, mine: _Asking) -> None:
        """Write ``mine`` and what waits of the same client; nobody is left uncalled."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._waiting) + 1 >= self._last_together, timeout=_MOMENT_S
            )
            others = [one for one in self._waiting if one.client == mine.client][: MAX_ITEMS - 1]
            self._waiting = [one for one in self._waiting if one not in others]
            self._last_together = 1 + len(others)
        if not others:
            mine.result = self._write_one(mine.client, mine.item)
            return
        together = [mine, *others]
        try:
            results = self._write_many(mine.client, [one.item for one in together])
            for one, result in zip(together, results, strict=True):
                one.result = result
        finally:
            for one in others:
                one.is_handled = True
                one.called.set()

    def _call_next(self) -> None:
        with self._changed:
            if self._waiting:
                self._waiting.pop(0).called.set()
            else:
                self._is_writing = False


_line = Line(
    write_one=item_open,
    write_many=lambda client, items: rewards_open(client=client, items=items),
)


def reward_open_in_line(*, client: str, item: BulkItem) -> Answer:
    """``reward_open`` for threads that serve requests; see the module."""
    return _line.open(client=client, item=item)
