"""How well the trained model does on the held-out lines: ``python -m bot.evaluation``.

Prints counts, never only rates, and the lines that went wrong; with ``--json`` only the counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot import project

Span = tuple[str, int, int]


@dataclass(frozen=True)
class HeldoutLine:
    """One line that is never trained on: plain text and what it should be understood as."""

    text: str
    intent: str
    category: str | None
    spans: frozenset[Span]


@dataclass
class Counts:
    """Plain counts over the held-out lines; ``missed`` holds a sentence for each failure."""

    lines: int = 0
    intents_right: int = 0
    categories: int = 0
    categories_right: int = 0
    categories_in_top3: int = 0
    spans: int = 0
    spans_found: int = 0
    spans_right: int = 0
    emergencies: int = 0
    emergencies_missed: int = 0
    out_of_scope: int = 0
    out_of_scope_acted_on: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def span_f1(self) -> float:
        """F1 of exact entity spans (type, start and end equal)."""
        total = self.spans + self.spans_found
        return 2 * self.spans_right / total if total else 1.0


def heldout_lines(folder: Path = project.HELDOUT) -> Iterator[HeldoutLine]:
    """Every held-out line of the folder's YAML files."""
    from rasa.shared.nlu.training_data import entities_parser

    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["heldout"]:
            for raw in block["lines"].splitlines():
                marked = raw.removeprefix("- ").strip()
                if not marked:
                    continue
                entities = entities_parser.find_entities_in_training_example(marked)
                spans = frozenset((e["entity"], e["start"], e["end"]) for e in entities)
                text = entities_parser.replace_entities(marked)
                yield HeldoutLine(text, block["intent"], block.get("category"), spans)


def count(line: HeldoutLine, parsed: dict[str, Any], counts: Counts) -> None:
    """Add one parsed line to the counts."""
    intent = str(parsed["intent"]["name"])
    counts.lines += 1
    if intent == line.intent:
        counts.intents_right += 1
    else:
        counts.missed.append(f"intent {line.intent} -> {intent}: {line.text}")
    if line.intent == "emergency":
        counts.emergencies += 1
        counts.emergencies_missed += intent != "emergency"
    if line.intent == "out_of_scope":
        counts.out_of_scope += 1
        counts.out_of_scope_acted_on += intent in ("report_issue", "inform")
    if line.category:
        ranking = [entry["name"] for entry in parsed["category_ranking"]]
        counts.categories += 1
        counts.categories_in_top3 += line.category in ranking[:3]
        if ranking[:1] == [line.category]:
            counts.categories_right += 1
        else:
            counts.missed.append(f"category {line.category} -> {ranking[:3]}: {line.text}")
    found = frozenset((e["entity"], e["start"], e["end"]) for e in parsed["entities"])
    counts.spans += len(line.spans)
    counts.spans_found += len(found)
    counts.spans_right += len(line.spans & found)
    if found != line.spans:
        counts.missed.append(f"spans {sorted(line.spans)} -> {sorted(found)}: {line.text}")


def evaluate(model: Path) -> Counts:
    """Parse all held-out lines with one model."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def run() -> Counts:
        counts = Counts()
        for line in heldout_lines():
            count(line, await agent.parse_message(line.text), counts)
        return counts

    return asyncio.run(run())


def main() -> int:
    """Command line entry."""
    from bot.logs import configure_logging

    parser = argparse.ArgumentParser(prog="python -m bot.evaluation")
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "var")))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    configure_logging()
    model = project.newest_model(arguments.data_dir)
    if model is None:
        sys.stderr.write("no trained model: run python -m bot.train first\n")
        return 1
    counts = evaluate(model)
    report = {name: value for name, value in vars(counts).items() if name != "missed"}
    sys.stdout.write(json.dumps({**report, "span_f1": round(counts.span_f1, 3)}, indent=2) + "\n")
    if not arguments.json:
        sys.stdout.write("\n".join([*counts.missed, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
