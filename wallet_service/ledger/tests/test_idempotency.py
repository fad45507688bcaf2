"""One effect and one answer per key."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from wallet_service.ledger import domain
from wallet_service.ledger.errors import IdempotencyConflict, WalletUnknown
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once
from wallet_service.ledger.models import IdempotencyKey, JournalEntry, Wallet
from wallet_service.ledger.selectors import balances_of
from wallet_service.ledger.services import entry_post

Together = Callable[..., list[Any]]


def _request(key: str = "k-1", *, points: int = 5, client: str = "console") -> Request:
    return Request(client=client, key=key, operation="test", arguments={"points": points})


def _post_once(wallet: Wallet, request: Request, *, points: int = 5) -> Answer:
    def effect() -> Answer:
        answer = answer_keep(request, Answer(status=201, body={"token": str(uuid.uuid4())}))
        entry_post(operation=domain.reward_pending(points=points), wallet_id=wallet.id)
        return answer

    return answer_once(request, effect)


def test_the_same_request_again_gives_the_first_answer(wallet: Wallet) -> None:
    first = _post_once(wallet, _request())
    again = _post_once(wallet, _request())
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.body) == (first.status, first.body)
    assert balances_of(wallet=wallet).pending_points == 5


@pytest.mark.parametrize(
    "other",
    [
        _request(points=6),
        Request(client="console", key="k-1", operation="another", arguments={"points": 5}),
    ],
    ids=["other arguments", "other operation"],
)
def test_the_same_key_for_another_request_is_refused(wallet: Wallet, other: Request) -> None:
    _post_once(wallet, _request())
    with pytest.raises(IdempotencyConflict):
        _post_once(wallet, other)
    assert balances_of(wallet=wallet).pending_points == 5


def test_keys_of_different_clients_do_not_meet(wallet: Wallet) -> None:
    assert not _post_once(wallet, _request()).replayed
    assert not _post_once(wallet, _request(client="collector")).replayed
    assert balances_of(wallet=wallet).pending_points == 10


def test_a_refused_effect_leaves_neither_key_nor_row(db: None) -> None:
    request = _request()

    def effect() -> Answer:
        answer = answer_keep(request, Answer(status=201, body={}))
        entry_post(operation=domain.reward_pending(points=5), wallet_id=uuid.uuid4())
        return answer

    with pytest.raises(WalletUnknown):
        answer_once(request, effect)
    assert not IdempotencyKey.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_same_key_at_the_same_moment_has_one_effect(
    committed_wallet: Wallet, together: Together
) -> None:
    outcomes = together(*[lambda: _post_once(committed_wallet, _request())] * 8)
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    assert len({outcome.body["token"] for outcome in outcomes}) == 1
    assert balances_of(wallet=committed_wallet).pending_points == 5
    assert JournalEntry.objects.count() == IdempotencyKey.objects.count() == 1


def test_the_effect_must_not_run_inside_another_transaction(committed_wallet: Wallet) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        _post_once(committed_wallet, _request())
