"""One measured thing in a process of its own: ``python -m bot.bench.child train|parse|both …``.

Prints one JSON object on its last line. A process for each keeps memory and warm caches apart;
``both`` spares the second start where the figures do not count.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Train one model; seconds from the start of Rasa's own training to the written archive."""
    import rasa

    started = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        result = rasa.train(
            domain=options.domain,
            config=options.config,
            training_files=options.files,
            output=str(Path(options.model).parent),
            fixed_model_name=Path(options.model).name.removesuffix(".tar.gz"),
            force_training=True,
        )
    if result is None or result.model is None:
        raise RuntimeError("Rasa trained no model")
    return {"train_s": round(time.perf_counter() - started, 2)}


def parse(options: argparse.Namespace) -> dict[str, Any]:
    """Held-out figures, milliseconds a line, and the memory of a process that did nothing else."""
    from rasa.core.agent import Agent

    from bot import project
    from bot.evaluation import Counts, count, heldout_lines, report

    lines = list(heldout_lines(project.heldout_folders("fr")))
    if options.lines:
        lines = lines[:: max(1, len(lines) // options.lines)]
    agent = Agent.load(options.model)
    counts, spent_ms = Counts(), []

    async def run() -> None:
        for line in lines[:20]:  # first calls compile and fill caches
            await agent.parse_message(line.text)
        for line in lines:
            started = time.perf_counter()
            parsed = await agent.parse_message(line.text)
            spent_ms.append((time.perf_counter() - started) * 1e3)
            count(line, parsed, counts)

    asyncio.run(run())
    cuts = quantiles(spent_ms, n=100)
    return {
        "heldout": report(counts),
        "parse_p50_ms": round(cuts[49], 2),
        "parse_p95_ms": round(cuts[94], 2),
        "rss_mb": _resident_mb(),
    }


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise OSError("no VmRSS in /proc/self/status")


def main() -> None:
    """Command line entry."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["LOG_LEVEL"] = "ERROR"
    parser = argparse.ArgumentParser(prog="python -m bot.bench.child")
    parser.add_argument("what", choices=("train", "parse", "both"))
    parser.add_argument("--model", required=True)
    parser.add_argument("--config")
    parser.add_argument("--domain")
    parser.add_argument("--files", nargs="*")
    parser.add_argument("--lines", type=int, default=0)
    options = parser.parse_args()
    from bot.logs import configure_logging

    configure_logging()
    result: dict[str, Any] = {}
    if options.what in ("train", "both"):
        result |= train(options)
    if options.what in ("parse", "both"):
        result |= parse(options)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
