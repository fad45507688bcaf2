"""The compiled contract, committed under ``artifacts/``: Python needs no Node at run time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_ARTIFACTS: Final = Path(__file__).resolve().parent / "artifacts"


@dataclass(frozen=True)
class Artifact:
    """``abi``: JSON ABI; ``bytecode``: what creates the contract, without constructor arguments;
    ``runtime_sha256``: hex digest of the code that then stands at its address."""

    abi: list[dict[str, Any]]
    bytecode: bytes
    runtime_sha256: str


@cache
def nudge_points() -> Artifact:
    """The contract that new installations deploy (``chain/contracts/NudgePoints.sol``)."""
    data = json.loads((_ARTIFACTS / "NudgePoints.json").read_text(encoding="utf-8"))
    return Artifact(
        abi=data["abi"],
        bytecode=bytes.fromhex(data["bytecode"].removeprefix("0x")),
        runtime_sha256=data["runtime_sha256"],
    )
