"""Rewards asked for one by one, written together: who writes, who waits, and what each is told."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.models import Wallet
from wallet_service.rewards.bulk import BulkItem, Result
from wallet_service.rewards.domain import Channel
from wallet_service.rewards.errors import CapDayReached, RuleUnknown
from wallet_service.rewards.models import Reward
from wallet_service.rewards.standing import Asked
from wallet_service.rewards.together import Line, reward_open_in_line

from .conftest import RULE, rule_with

Together = Callable[..., list[Any]]
_PATIENCE_S = 20.0


def _item(key: str = "", *, wallet: uuid.UUID | None = None) -> BulkItem:
    evidence = uuid.uuid4()
    asked = Asked(
        wallet_id=wallet or uuid.uuid4(),
        rule_code=RULE,
        evidence=evidence,
        channel=Channel.WEB,
    )
    return BulkItem(key=key or str(evidence), asked=asked)


def _told(key: str) -> Answer:
    return Answer(status=201, body={"told": key})


class Books:
    """Writes nothing, and can be held up: what was written alone, and what together."""

    def __init__(self) -> None:
        self.alone: list[str] = []
        self.together: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.failure: Exception | None = None
        self.line = Line(write_one=self._one, write_many=self._many)

    def _one(self, client: str, item: BulkItem) -> Result:
        self.alone.append(item.key)
        self.entered.release()
        assert self.gate.wait(_PATIENCE_S)
        return RuleUnknown() if item.key == "refused" else _told(item.key)

    def _many(self, client: str, items: Sequence[BulkItem]) -> Sequence[Result]:
        self.together.append([item.key for item in items])
        if self.failure:
            raise self.failure
        return [_told(item.key) for item in items]

    def waiting(self, count: int) -> None:
        """Return once so many stand in line."""
        with self.line._changed:
            assert self.line._changed.wait_for(
                lambda: len(self.line._waiting) == count, timeout=_PATIENCE_S
            )


def _asked_while_writing(
    books: Books, pool: ThreadPoolExecutor, callers: Sequence[tuple[str, str]]
) -> tuple[Future[Answer], list[Future[Answer]]]:
    """One that is being written, and those (client, key) that stand in line behind it."""
    first = pool.submit(books.line.open, client="console", item=_item("first"))
    assert books.entered.acquire(timeout=_PATIENCE_S)
    behind = []
    for place, (client, key) in enumerate(callers, start=1):
        behind.append(pool.submit(books.line.open, client=client, item=_item(key)))
        books.waiting(place)
    return first, behind


def test_who_comes_while_one_writes_is_written_with_the_others() -> None:
    books = Books()
    with ThreadPoolExecutor(5) as pool:
        callers = [("console", key) for key in "abc"]
        first, behind = _asked_while_writing(books, pool, callers)
        books.gate.set()
        assert first.result(_PATIENCE_S) == _told("first")
        assert [one.result(_PATIENCE_S) for one in behind] == [_told(key) for key in "abc"]
    assert books.alone == ["first"]
    assert books.together == [["a", "b", "c"]]


def test_a_key_is_its_clients_own_so_clients_are_never_mixed() -> None:
    books = Books()
    with ThreadPoolExecutor(5) as pool:
        callers = [("console", "a"), ("actions", "b"), ("console", "c")]
        _, behind = _asked_while_writing(books, pool, callers)
        books.gate.set()
        assert [one.result(_PATIENCE_S) for one in behind] == [_told(key) for key in "abc"]
    assert books.together == [["a", "c"]]
    assert books.alone == ["first", "b"]


def test_when_the_transaction_of_all_fails_its_writer_hears_it_and_each_other_is_heard_alone() -> (
    None
):
    books = Books()
    books.failure = ConnectionError("the database went away")
    with ThreadPoolExecutor(5) as pool:
        callers = [("console", key) for key in "abc"]
        _, behind = _asked_while_writing(books, pool, callers)
        books.gate.set()
        with pytest.raises(ConnectionError):
            behind[0].result(_PATIENCE_S)
        assert [one.result(_PATIENCE_S) for one in behind[1:]] == [_told("b"), _told("c")]
        # Nobody is left waiting, and the next one is served.
        assert books.line.open(client="console", item=_item("d")) == _told("d")
    assert sorted(books.alone) == ["b", "c", "d", "first"]


def test_a_refusal_is_raised_to_whoever_asked() -> None:
    books = Books()
    books.gate.set()
    with pytest.raises(RuleUnknown):
        books.line.open(client="console", item=_item("refused"))
    assert books.line.open(client="console", item=_item("next")) == _told("next")


def test_against_the_ledger_each_gets_its_own_and_a_cap_is_never_passed(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with(points=10, cap_day_points=50)
    wallets = [some_wallet() for _ in range(3)]
    items = [_item(wallet=wallet.id) for _ in range(8) for wallet in wallets]
    outcomes = together(
        *(partial(reward_open_in_line, client="console", item=item) for item in items)
    )
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 15
    assert sum(isinstance(outcome, CapDayReached) for outcome in outcomes) == 9
    for wallet in wallets:
        assert Reward.objects.filter(wallet=wallet).count() == 5
    told = {outcome.body["evidence"] for outcome in outcomes if isinstance(outcome, Answer)}
    assert told == {str(evidence) for evidence in Reward.objects.values_list("evidence", flat=True)}


def test_against_the_ledger_the_same_key_at_the_same_moment_is_one_reward(
    some_wallet: Callable[[], Wallet], together: Together
) -> None:
    rule_with(points=10)
    item = _item(wallet=some_wallet().id)
    outcomes = together(*[partial(reward_open_in_line, client="console", item=item)] * 10)
    bodies = [outcome.body for outcome in outcomes]
    assert all(body == bodies[0] for body in bodies)
    assert Reward.objects.count() == 1
