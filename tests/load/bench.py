"""All measurements of the wallet, in one run, side by side."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.config import ROOT

from . import latency, ledger_writes, rewards
from .figures import Counted, Settled, ratios, table
from .history import analyse
from .ledger_writes import Scale
from .population import populate, wallet_id
from .system import WALLET_DATABASE, BenchSystem, bench_system
from .tutorial import Tutorial

OUTPUT = ROOT / "build" / "bench" / "wallet.json"


@dataclass(frozen=True)
class Sizes:
    """How much of everything; about six minutes on two cores."""

    wallets: int = 4_000
    known_rewards: int = 24_000
    known_rewards_1s_blocks: int = 16_000
    tutorial_rewards: int = 150
    tutorial_rewards_1s_blocks: int = 8
    single_s: float = 8.0
    latency_s: float = 10.0
    ledger: Scale = field(default_factory=Scale)


SMOKE = Sizes(
    wallets=200,
    known_rewards=400,
    known_rewards_1s_blocks=400,
    tutorial_rewards=5,
    tutorial_rewards_1s_blocks=2,
    single_s=1.0,
    latency_s=2.0,
    ledger=Scale(rounds=1, round_s=1.0, few_wallets=50, many_wallets=500, history=200, clients=2),
)


def run(sizes: Sizes, *, data_dir: Path) -> dict[str, float]:
    """Measure everything; fails when ledger and chain do not agree at the end."""
    figures: dict[str, float] = {}
    with bench_system(data_dir) as system:
        with _step("ledger writes and pgbench"):
            figures |= ledger_writes.measure(system, rule=rewards.RULE, scale=sizes.ledger)
        with _step("wallets and services"):
            populate(system, database=WALLET_DATABASE, wallets=sizes.wallets)
            system.start_services()
        figures |= _settlement(system, sizes)
        with _step("one reward a request"):
            single = rewards.one_a_request(system, wallets=sizes.wallets, seconds=sizes.single_s)
            figures["one_reward_a_request_per_s"] = single.per_s
        with _step("balance and redeem under load"):
            figures |= latency.measure(system, wallets=sizes.wallets, seconds=sizes.latency_s)
        with _step("ledger and chain agree"):
            system.stop_services()
            print("    " + system.manage("rebuild").strip())
    return figures


def _settlement(system: BenchSystem, sizes: Sizes) -> dict[str, float]:
    wallets = [wallet_id(index) for index in range(sizes.wallets)]
    tutorial = Tutorial(system.rpc_url)
    with _step("the tutorial way"):
        by_tutorial = [tutorial.reward(rewards=sizes.tutorial_rewards)]
    with _step("rewards to new recipients"):
        new = rewards.settle(system, wallets=wallets, rewards=sizes.wallets)
    analyse(system, WALLET_DATABASE)
    with _step("rewards to known recipients"):
        known = rewards.settle(system, wallets=wallets, rewards=sizes.known_rewards)
    with _step("the tutorial way again"):
        by_tutorial.append(tutorial.reward(rewards=sizes.tutorial_rewards))
    with system.a_block_every(1):
        with _step("the tutorial way, a block a second"):
            tutorial_slow = tutorial.reward(rewards=sizes.tutorial_rewards_1s_blocks)
        with _step("rewards, a block a second"):
            slow = rewards.settle(system, wallets=wallets, rewards=sizes.known_rewards_1s_blocks)
    return {
        "gas_per_reward_known": known.gas_per_reward,
        "gas_per_reward_new": new.gas_per_reward,
        "tutorial_gas_per_reward": by_tutorial[0].gas_per_reward,
        "settled_per_s": known.per_s,
        "settled_new_per_s": new.per_s,
        "tutorial_per_s": _together(by_tutorial).per_s,
        "settled_per_s_1s_blocks": slow.per_s,
        "tutorial_per_s_1s_blocks": tutorial_slow.per_s,
    }


def _together(rounds: list[Settled]) -> Counted:
    return Counted.total([Counted(one.rewards, one.seconds) for one in rounds])


@contextmanager
def _step(name: str) -> Iterator[None]:
    start = time.monotonic()
    print(f"… {name}", flush=True)
    yield
    print(f"  {name}: {time.monotonic() - start:.0f} s", flush=True)


def write(figures: dict[str, float], path: Path = OUTPUT) -> None:
    """The figures, what they are compared by, and the machine, as one JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = {name: round(value, 2) for name, value in (figures | ratios(figures)).items()}
    document = rounded | {
        "machine": machine(),
        "measured_at": time.strftime("%FT%TZ", time.gmtime()),
    }
    path.write_text(json.dumps(document, indent=2) + "\n")


def machine() -> dict[str, object]:
    """What it ran on, without a name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "cpu": _cpu_model(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


__all__ = ["OUTPUT", "SMOKE", "Sizes", "run", "table", "write"]
