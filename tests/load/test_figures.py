"""The arithmetic behind ``build/bench/wallet.json``."""

from __future__ import annotations

import pytest

from .figures import LABELS, Counted, Settled, percentile, ratios, table, typical_rate

KEYS_OF_THE_REPORT = {
    "gas_per_reward_known",
    "gas_per_reward_new",
    "settled_per_s",
    "tutorial_per_s",
    "settled_per_s_1s_blocks",
    "tutorial_per_s_1s_blocks",
    "ledger_writes_per_s",
    "pgbench_tps",
    "ledger_writes_per_s_1m_wallets",
    "redeem_p95_ms",
}


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 1), (50, 50), (95, 95), (99.5, 100), (100, 100)]
)
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], percent) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 50) == percentile([7.0], 95) == 7.0


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_a_percentile_that_makes_no_sense_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


def test_rounds_add_up_before_they_are_divided() -> None:
    # 100 in 1 s and 100 in 3 s are 50 a second, not the mean of 100 and 33.
    assert Counted.total([Counted(100, 1.0), Counted(100, 3.0)]).per_s == 50


def test_one_disturbed_round_does_not_move_the_typical_rate() -> None:
    assert typical_rate([Counted(100, 1), Counted(1, 1), Counted(102, 1)]) == 100


def test_gas_and_rate_of_what_was_settled() -> None:
    settled = Settled(rewards=400, batches=2, gas=3_600_000, seconds=0.5)

    assert (settled.gas_per_reward, settled.per_s) == (9_000, 800)


def test_ratios_compare_like_with_like() -> None:
    figures = {
        "settled_per_s": 1800.0,
        "tutorial_per_s": 60.0,
        "ledger_writes_per_s": 500.0,
        "pgbench_tps": 1000.0,
    }

    assert ratios(figures) == {"settled_to_tutorial": 30.0, "ledger_writes_to_pgbench": 0.5}


def test_the_table_shows_every_figure_that_the_report_must_hold() -> None:
    assert set(LABELS) >= KEYS_OF_THE_REPORT
    shown = table(dict.fromkeys(LABELS, 1234.5))
    assert all(words in shown for words, _, _ in LABELS.values())
