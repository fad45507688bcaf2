"""How the one-machine chain node (anvil) is started, as data for whoever runs processes.

Imports nothing but the standard library: the process runner reads it before anything is installed.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

HOST = "127.0.0.1"
# The same rules as chain/nodes/besu/network.json and the compiler's evmVersion (chain/compile.mjs).
HARDFORK = "cancun"
BLOCK_GAS_LIMIT = 60_000_000
# States kept in memory, the latest; older ones would be written below the home folder and stay
# there after kill -9. Reconciliation reads balances a few blocks back at most.
STATES_KEPT = 256

_ROOT = Path(__file__).resolve().parent.parent
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class NodeNotInstalled(Exception):
    """No anvil binary for this machine; the message says what to do."""


def anvil_binary() -> Path:
    """The platform's own binary, so that a signal reaches the node itself.

    (npm's launcher script spawns a child, which kill -9 of the launcher would orphan.)
    ``ANVIL_BINARY`` overrides it. Raises ``NodeNotInstalled``.
    """
    given = os.environ.get("ANVIL_BINARY")
    if given:
        path = Path(given)
    else:
        machine = platform.machine().lower()
        name = f"anvil-{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
        path = _ROOT / "node_modules" / "@foundry-rs" / name / "bin" / "anvil"
    if not path.is_file():
        raise NodeNotInstalled(
            "no anvil binary for this machine: run npm ci, or set ANVIL_BINARY to one,"
            " or CHAIN_RPC_URL to a running node"
        )
    return path


def anvil_arguments(port: int, chain_id: int, *, block_time_s: int | None = None) -> list[str]:
    """The command of a fresh, empty, gas-free node on the loopback interface.

    Blocks are mined at once and only when there is a transaction, so an idle chain does not grow;
    ``block_time_s`` mines one every so many seconds instead, as production does. No state file: a
    torn one stops anvil from starting, and it loses receipted transactions on kill -9 anyway. The
    relayer rebuilds the chain from the stored transactions at each start.

    No funded test account exists (``--accounts 0``), there is no faucet to abuse, and gas is free.
    Raises ``NodeNotInstalled``.
    """
    arguments = [
        str(anvil_binary()),
        *("--host", HOST),
        *("--port", str(port)),
        *("--chain-id", str(chain_id)),
        *("--hardfork", HARDFORK),
        *("--gas-limit", str(BLOCK_GAS_LIMIT)),
        *("--gas-price", "0"),
        *("--block-base-fee-per-gas", "0"),
        "--disable-min-priority-fee",
        *("--accounts", "0"),
        *("--order", "fifo"),
        *("--prune-history", str(STATES_KEPT)),
        # The relayer may hand a checkpoint of the whole state to an emptied node.
        "--no-request-size-limit",
        "--no-cors",
        "--quiet",
    ]
    if block_time_s is not None:
        arguments += ["--block-time", str(block_time_s)]
    return arguments
