"""The relayer reconciles by itself, and never at the cost of settling."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from chain.client import ChainClient
from chain.testing import TestNode
from wallet_service.ledger.models import Account
from wallet_service.settlement import reconciliation, rewinding
from wallet_service.settlement.errors import NotReady
from wallet_service.settlement.models import ChainTransaction, ReconciliationRun
from wallet_service.settlement.periodic import PeriodicReconciliation
from wallet_service.settlement.readiness import CHECKS
from wallet_service.settlement.selectors import settled_points

from .conftest import Driver
from .ledgering import new_wallet, reward, tampering


def test_readiness_hears_of_a_drift_without_anybody_asking(
    driver: Driver, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    CHECKS["settlement"]()
    with tampering("ledger_account"):
        Account.objects.filter(wallet=wallet, kind="wallet_available").update(balance_points=11)

    with as_runtime():
        driver.relayer.step()

    assert ReconciliationRun.objects.get().drifts == 1
    with pytest.raises(NotReady, match="drift"):
        CHECKS["settlement"]()


def test_it_comes_after_a_start_and_after_a_rebuild_then_every_few_minutes(
    driver: Driver, node: TestNode
) -> None:
    reward(new_wallet())
    driver.settle()
    driver.stop.set()  # never wait
    for _ in range(3):
        driver.relayer.step()
    assert ReconciliationRun.objects.count() == 1

    driver.restart()
    for _ in range(3):
        driver.relayer.step()
    assert ReconciliationRun.objects.count() == 2

    node.kill()
    node.start()
    driver.settle_once_rewound()
    for _ in range(3):
        driver.relayer.step()
    assert list(ReconciliationRun.objects.values_list("drifts", "wallets")) == [(0, 1)] * 3


def test_the_next_one_is_due_when_its_time_has_come(
    driver: Driver, client: ChainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.settle()
    now = 1000.0
    monkeypatch.setattr("wallet_service.settlement.periodic.time.monotonic", lambda: now)
    periodic = PeriodicReconciliation(client=client, every_s=300)

    assert (periodic.advance(), periodic.advance()) == (True, False)
    now = 1299.0
    assert not periodic.advance()
    now = 1301.0
    assert periodic.advance()
    assert ReconciliationRun.objects.count() == 2


def test_an_intent_is_settled_between_two_pages(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_WALLETS_AT_ONCE", 1)
    wallets = [new_wallet() for _ in range(3)]
    driver.settle()
    driver.relayer.step()  # the first page

    reward(wallets[2])
    driver.settle()

    assert settled_points(wallets[2]) == 10
    assert not ReconciliationRun.objects.exists()
    driver.stop.set()
    for _ in range(4):
        driver.relayer.step()
    # Of the block it began at, whatever came since.
    run = ReconciliationRun.objects.get()
    assert (run.wallets, run.drifts, run.books_match, run.supply_matches) == (3, 0, True, True)


def test_a_node_that_fails_meanwhile_is_asked_again_later(
    driver: Driver, client: ChainClient, node: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.settle()
    now = 1000.0
    monkeypatch.setattr("wallet_service.settlement.periodic.time.monotonic", lambda: now)
    periodic = PeriodicReconciliation(client=client, every_s=300)
    node.kill()

    assert (periodic.advance(), periodic.advance()) == (True, False)
    assert not ReconciliationRun.objects.exists()
    node.start()
    driver.settle_once_rewound()
    now = 1011.0
    assert periodic.advance()
    assert ReconciliationRun.objects.get().drifts == 0


def test_a_relayer_that_never_rests_compares_a_bounded_part_of_its_time(
    driver: Driver, client: ChainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_WALLETS_AT_ONCE", 1)
    wallets = [new_wallet() for _ in range(3)]
    now = 1000.0
    monkeypatch.setattr("wallet_service.settlement.periodic.time.monotonic", lambda: now)
    driver.restart()
    compare_page = reconciliation.Comparison.compare_page

    def one_second(comparison: reconciliation.Comparison) -> object:
        nonlocal now
        now += 1.0
        return compare_page(comparison)

    monkeypatch.setattr(reconciliation.Comparison, "compare_page", one_second)
    pages = 0
    for _ in range(60):
        before = now
        reward(wallets[0])
        driver.settle()  # never at rest: it returns as soon as nothing waits
        pages += now > before
        now += 1.0
        if ReconciliationRun.objects.exists():
            break

    run = ReconciliationRun.objects.get()
    assert (run.wallets, run.drifts, run.supply_matches) == (3, 0, True)
    assert pages == 4
    assert now >= 1000.0 + 5 + 3 * 5  # a sixth of the time at most, after a first wait


def test_a_long_past_is_marked_in_pages_and_a_crash_between_them_is_harmless(
    driver: Driver, node: TestNode, client: ChainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewinding, "_MARK_AT_ONCE", 2)
    wallet = new_wallet()
    for _ in range(4):
        reward(wallet)
        driver.settle()
    node.kill()
    node.start()
    beats = 0

    def crash_after_two() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewinding.chain_rewound(client=client, beat=crash_after_two)
    states = list(ChainTransaction.objects.order_by("place").values_list("state", flat=True))
    assert states == ["confirmed"] * 4 + ["signed"] * 4  # the last ones first

    driver.restart()
    driver.settle_once_rewound()

    assert settled_points(wallet) == 40
    assert set(ChainTransaction.objects.values_list("rewinds", flat=True)) == {1}
