"""``make bench-nlu``: ours beside stock Rasa, written to ``build/bench/nlu.json``.

``ours``, ``stock`` and ``floor`` learn from the same ``--lines`` French training lines, the same
share of every label, and are asked the same held-out lines; ``shipped`` is ours on all lines. The
stock pipeline would need most of an hour for all of them, hence the subset; ``--lines 0`` takes
all. Stock and floor learn a report's category as part of its intent.

Turns: same policies, domain, actions, tracker store and processor core. Stock answers through
Rasa's own REST channel, as Rasa ships, and ours through its hub; each is asked through the other's
channel too (``turns_per_s_in_hub``, ``turns_per_s_in_rest``), which tells what the pipeline alone
changes from what the hub spares a turn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import project
from bot.bench import data
from bot.bench.parting import SEPARATOR
from bot.bench.turns import turns_per_second
from bot.components.meaning import REPORT

OUTPUT = project.ROOT / "build" / "bench" / "nlu.json"
# Figure -> whether through Rasa's own REST channel.
_IN_HUB = {"turns_per_s": False}
_TURNS = {
    "ours": {**_IN_HUB, "turns_per_s_in_rest": True},
    "stock": {"turns_per_s": True, "turns_per_s_in_hub": False},
}
FLOOR, STOCK = (Path(__file__).parent / f"{name}.yml" for name in ("floor", "stock"))


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    lines: int = 2500
    heldout: int = 0  # all
    conversations: int = 120
    shipped: bool = True
    # What a check of the bench itself leaves out: the other three pipelines, the start of a process
    # for each step, and rules, which take longer to train than 200 lines.
    smoke: bool = False


SMOKE = Sizes(lines=200, heldout=20, conversations=1, smoke=True)
SMOKE_RULES = {"social.yml", "fallback.yml"}


def measured(
    name: str, config: Path, lines: list[data.Line], sizes: Sizes, folder: Path
) -> dict[str, Any]:
    """Train, ask the held-out lines, then talk: one pipeline's figures."""
    joined = config != project.CONFIG
    own = folder / name
    own.mkdir()
    files = data.write(lines, own, joined=joined)
    if sizes.smoke:
        files = [file for file in files if file.parent == own or file.name in SMOKE_RULES]
    model = own / "model.tar.gz"
    training = (
        *("--model", str(model), "--config", str(_config(config, own))),
        *("--domain", str(_domain(own, joined=joined)), "--files", *map(str, files)),
    )
    asking = ("--lines", str(sizes.heldout))
    say(f"{name}: training on {len(lines)} lines")
    if sizes.smoke:
        result = _child("both", *training, *asking)
    else:
        result = _child("train", *training)
        say(f"{name}: trained in {result['train_s']} s, asking the held-out lines")
        result |= _child("parse", "--model", str(model), *asking)
    heldout = result["heldout"]
    result["training_lines"] = len(lines)
    for figure in ("intent_accuracy", "category_top3", "oos_transactions", "emergencies_missed"):
        result[figure] = heldout[figure]["rate"]
    for figure in ("category_macro_f1", "address_f1", "entity_f1"):
        result[figure] = heldout[figure]
    result["calibration_error"] = heldout["intent_calibration_error"]
    for figure, rest in _TURNS.get(name, _IN_HUB).items():
        say(f"{name}: talking through {'REST' if rest else 'the hub'}")
        result[figure] = turns_per_second(
            model, own, conversations=sizes.conversations, rest=rest, may_refuse=sizes.smoke
        )
        say(f"{name}: {result[figure]} turns/s")
    return result


def say(text: str) -> None:
    """A line of progress."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def _child(what: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bot.bench.child", what, *arguments],
        cwd=project.ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{what} failed:\n{done.stderr[-4000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _config(config: Path, folder: Path) -> Path:
    """The pipeline with the policies of the product, which are the same for all."""
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    ours = yaml.safe_load(project.CONFIG.read_text(encoding="utf-8"))
    content["policies"] = ours["policies"]
    path = folder / "config.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def _domain(folder: Path, *, joined: bool) -> Path:
    """The product's domain; joined labels are intents of it, though none is ever acted on."""
    path = folder / "domain"
    path.mkdir()
    for source in project.DOMAIN.glob("*.yml"):
        (path / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    if joined:
        categories = sorted({c for i, c, _ in data.training_lines() if i == REPORT and c})
        intents = [f"{REPORT}{SEPARATOR}{category}" for category in categories]
        (path / "joined.yml").write_text(
            yaml.safe_dump({"version": "3.1", "intents": intents}), encoding="utf-8"
        )
    return path


def run(sizes: Sizes, keep: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """All pipelines, one after another; each one's figures are kept as soon as they are there."""
    every = data.training_lines()
    lines = data.thinned(every, sizes.lines)
    figures: dict[str, Any] = {"sizes": vars(sizes), "training_lines_in_all": len(every)}
    with tempfile.TemporaryDirectory(prefix="bench-nlu-") as temporary:
        folder = Path(temporary)
        wanted = [("ours", project.CONFIG, lines)]
        if not sizes.smoke:
            wanted += [("floor", FLOOR, lines), ("stock", STOCK, lines)]
            if sizes.shipped and len(lines) < len(every):
                wanted.append(("shipped", project.CONFIG, every))
        for name, config, learned in wanted:
            figures[name] = measured(name, config, learned, sizes, folder)
            keep(figures)
    if sizes.smoke:
        return figures
    ours, stock = figures["ours"], figures["stock"]
    figures["ours_against_stock"] = {
        "training_times_faster": round(stock["train_s"] / ours["train_s"], 1),
        "turns_times_more": round(ours["turns_per_s"] / stock["turns_per_s"], 2),
        "turns_times_more_in_hub": round(ours["turns_per_s"] / stock["turns_per_s_in_hub"], 2),
        "turns_times_more_in_rest": round(ours["turns_per_s_in_rest"] / stock["turns_per_s"], 2),
    }
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures side by side."""
    names = [name for name in ("ours", "stock", "floor", "shipped") if name in figures]
    rows = [
        *("training_lines", "train_s", "intent_accuracy", "category_macro_f1", "category_top3"),
        *("address_f1", "entity_f1", "oos_transactions", "emergencies_missed"),
        *("calibration_error", "parse_p50_ms", "parse_p95_ms", "turns_per_s", "rss_mb"),
    ]
    lines = [f"{'':20s}" + "".join(f"{name:>12s}" for name in names)]
    lines += [
        f"{row:20s}" + "".join(f"{figures[name][row]!s:>12s}" for name in names) for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="make bench-nlu", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a little of everything, for tests")
    parser.add_argument("--lines", type=int, default=Sizes.lines, help="0: all")
    parser.add_argument("--conversations", type=int, default=Sizes.conversations, help="six turns")
    parser.add_argument("--without-shipped", action="store_true", help="spare its training")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    started = time.monotonic()
    sizes = Sizes(
        lines=options.lines,
        conversations=options.conversations,
        shipped=not options.without_shipped,
    )
    options.output.parent.mkdir(parents=True, exist_ok=True)

    def keep(figures: dict[str, Any]) -> None:
        figures["seconds"] = round(time.monotonic() - started)
        options.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

    figures = run(SMOKE if options.smoke else sizes, keep)
    keep(figures)
    sys.stdout.write(f"\n{table(figures)}\n\n{options.output}, {figures['seconds']} s\n")


if __name__ == "__main__":
    main()
