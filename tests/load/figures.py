"""The arithmetic of the measurements, apart from what is measured. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that at least ``percent`` % do not exceed.

    ``percent`` is above 0 and at most 100; raises ``ValueError`` for no values.
    """
    if not values or not 0 < percent <= 100:
        raise ValueError("a percentile needs values, and a percent above 0 and at most 100")
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


@dataclass(frozen=True)
class Counted:
    """``count`` things done in ``seconds``."""

    count: int
    seconds: float

    @property
    def per_s(self) -> float:
        return self.count / self.seconds

    @classmethod
    def total(cls, rounds: Sequence[Counted]) -> Counted:
        """Several rounds as if they were one."""
        return cls(sum(one.count for one in rounds), sum(one.seconds for one in rounds))


def typical_rate(rounds: Sequence[Counted]) -> float:
    """The median of the rounds' rates: one disturbed round does not move it."""
    return median(one.per_s for one in rounds)


@dataclass(frozen=True)
class Settled:
    """What the chain made of some rewards: ``rewards`` in ``batches``, for ``gas`` in all, in
    ``seconds`` from the first request to the last ``BatchDone`` seen."""

    rewards: int
    batches: int
    gas: int
    seconds: float

    @property
    def per_s(self) -> float:
        return self.rewards / self.seconds

    @property
    def gas_per_reward(self) -> float:
        return self.gas / self.rewards


# Key → (words, unit, digits); the order is that of the table.
LABELS: Mapping[str, tuple[str, str, int]] = {
    "gas_per_reward_known": ("a reward to a known recipient", "gas", 0),
    "gas_per_reward_new": ("a reward to a new recipient", "gas", 0),
    "tutorial_gas_per_reward": ("the tutorial way", "gas", 0),
    "settled_per_s": ("settled, blocks mined at once", "/s", 0),
    "settled_new_per_s": ("… to new recipients", "/s", 0),
    "tutorial_per_s": ("the tutorial way, blocks mined at once", "/s", 1),
    "settled_per_s_1s_blocks": ("settled, a block a second", "/s", 0),
    "tutorial_per_s_1s_blocks": ("the tutorial way, a block a second", "/s", 2),
    "one_reward_a_request_per_s": ("one reward a request, over HTTP", "/s", 0),
    "pgbench_tps": ("pgbench -s 1 -M prepared", "/s", 0),
    "ledger_writes_per_s": ("ledger writes, 1,000 wallets", "/s", 0),
    "ledger_writes_per_s_1m_wallets": ("ledger writes, 1,000,000 wallets", "/s", 0),
    "balance_p50_ms": ("balance under load, median", "ms", 1),
    "balance_p95_ms": ("balance under load, 95 %", "ms", 1),
    "redeem_p50_ms": ("redeem under load, median", "ms", 1),
    "redeem_p95_ms": ("redeem under load, 95 %", "ms", 1),
}


def ratios(figures: Mapping[str, float]) -> dict[str, float]:
    """What the targets are about; only those whose two sides were measured."""
    pairs = {
        "settled_to_tutorial": ("settled_per_s", "tutorial_per_s"),
        "ledger_writes_to_pgbench": ("ledger_writes_per_s", "pgbench_tps"),
        "ledger_writes_1m_to_1k": ("ledger_writes_per_s_1m_wallets", "ledger_writes_per_s"),
    }
    return {
        name: figures[over] / figures[under]
        for name, (over, under) in pairs.items()
        if over in figures and under in figures
    }


def table(figures: Mapping[str, float]) -> str:
    """The figures for people, one a line; a figure without a label is left out."""
    lines = []
    for key, (words, unit, digits) in LABELS.items():
        if key in figures:
            lines.append(f"{words:<42} {figures[key]:>12,.{digits}f} {unit}")
    for name, ratio in ratios(figures).items():
        lines.append(f"{name.replace('_', ' '):<42} {ratio:>12.2f} ×")
    return "\n".join(lines)
