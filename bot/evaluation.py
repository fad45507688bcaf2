"""How well the trained model does on the held-out lines: ``python -m bot.evaluation``.

Prints counts, rates with their 95 % intervals, and the lines that went wrong; ``--json`` prints
the numbers only, ``--picture docs/images/confusion.svg`` draws the confusion matrix.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot import project
from bot.components.caution import EMERGENCY, FALLBACK, OUT_OF_SCOPE, TRANSACTIONS
from bot.measures import calibration_error, confusion_svg, f1, macro_f1, wilson

Span = tuple[str, int, int]
LEARNT_SPANS = ("address", "commune", "place", "date", "item", "reference", "reward", "phone")


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
    emergencies: int = 0
    emergencies_missed: int = 0
    false_alarms: int = 0
    asked: int = 0
    out_of_scope: int = 0
    out_of_scope_acted_on: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    spans_found: Counter[str] = field(default_factory=Counter)
    spans_right: Counter[str] = field(default_factory=Counter)
    intent_pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    category_pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    intent_confidences: list[tuple[float, bool]] = field(default_factory=list)
    category_confidences: list[tuple[float, bool]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def span_f1(self, kinds: Iterable[str] | None = None) -> float:
        """F1 of exact entity spans (type, start and end equal) of some types, or of all."""
        chosen = set(kinds or self.spans.keys() | self.spans_found.keys())

        def total(counter: Counter[str]) -> int:
            return sum(counter[kind] for kind in chosen)

        return f1(total(self.spans_right), total(self.spans_found), total(self.spans))

    @property
    def category_macro_f1(self) -> float:
        """Mean over categories of F1."""
        return macro_f1(self.category_pairs)


def heldout_lines(folders: Iterable[Path] | None = None) -> Iterator[HeldoutLine]:
    """Every held-out line of the folders' YAML files; None: of every language."""
    from rasa.shared.nlu.training_data import entities_parser

    for folder in folders or project.heldout_folders():
        for path in sorted(folder.glob("*.yml")):
            for block in yaml.safe_load(path.read_text(encoding="utf-8"))["heldout"]:
                for raw in block["lines"].splitlines():
                    marked = raw.strip().removeprefix("- ").strip()
                    if not marked:
                        continue
                    entities = entities_parser.find_entities_in_training_example(marked)
                    spans = frozenset((e["entity"], e["start"], e["end"]) for e in entities)
                    text = entities_parser.replace_entities(marked)
                    yield HeldoutLine(text, block["intent"], block.get("category"), spans)


def count(line: HeldoutLine, parsed: dict[str, Any], counts: Counts) -> None:
    """Add one parsed line to the counts."""
    intent = str(parsed["intent"]["name"])
    right = intent == line.intent
    counts.lines += 1
    counts.intents_right += right
    counts.intent_pairs[line.intent, intent] += 1
    counts.intent_confidences.append((float(parsed["intent"]["confidence"]), right))
    if not right:
        counts.missed.append(f"intent {line.intent} -> {intent}: {line.text}")
    if line.intent == EMERGENCY:
        counts.emergencies += 1
        counts.emergencies_missed += intent != EMERGENCY
    else:
        counts.false_alarms += intent == EMERGENCY
    counts.asked += intent == FALLBACK
    if line.intent == OUT_OF_SCOPE:
        counts.out_of_scope += 1
        counts.out_of_scope_acted_on += intent in TRANSACTIONS
    if line.category:
        _count_category(line, parsed, counts)
    _count_spans(line, parsed, counts)


def _count_category(line: HeldoutLine, parsed: dict[str, Any], counts: Counts) -> None:
    ranking = [entry["name"] for entry in parsed.get("category_ranking") or []]
    best = ranking[0] if ranking else ""
    right = best == line.category
    counts.categories += 1
    counts.categories_right += right
    counts.categories_in_top3 += line.category in ranking[:3]
    counts.category_pairs[str(line.category), best] += 1
    if ranking:
        confidence = float(parsed["category_ranking"][0]["confidence"])
        counts.category_confidences.append((confidence, right))
    if not right:
        counts.missed.append(f"category {line.category} -> {ranking[:3]}: {line.text}")


def _count_spans(line: HeldoutLine, parsed: dict[str, Any], counts: Counts) -> None:
    found = {(e["entity"], e["start"], e["end"]) for e in parsed.get("entities") or []}
    counts.spans.update(span[0] for span in line.spans)
    counts.spans_found.update(span[0] for span in found)
    counts.spans_right.update(span[0] for span in line.spans & found)
    if found == line.spans:
        return
    said = [
        f"{kind} {'missed' if (kind, start, end) in line.spans else 'wrong'}"
        f" «{line.text[start:end]}»"
        for kind, start, end in sorted(found ^ line.spans, key=lambda span: span[1])
    ]
    counts.missed.append(f"spans {', '.join(said)}: {line.text}")


def evaluate(model: Path, lines: Iterable[HeldoutLine] | None = None) -> Counts:
    """Parse held-out lines (None: all) with one model."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def run() -> Counts:
        counts = Counts()
        for line in heldout_lines() if lines is None else lines:
            count(line, await agent.parse_message(line.text), counts)
        return counts

    return asyncio.run(run())


def report(counts: Counts) -> dict[str, Any]:
    """Rates with counts and Wilson intervals; F1 values and calibration errors without."""

    def rate(part: int, whole: int) -> dict[str, Any]:
        return {
            "rate": round(part / whole, 4) if whole else None,
            "count": part,
            "of": whole,
            "interval_95": wilson(part, whole),
        }

    return {
        "lines": counts.lines,
        "intent_accuracy": rate(counts.intents_right, counts.lines),
        "category_accuracy": rate(counts.categories_right, counts.categories),
        "category_macro_f1": round(counts.category_macro_f1, 4),
        "category_top3": rate(counts.categories_in_top3, counts.categories),
        "address_f1": round(counts.span_f1(["address"]), 4),
        "entity_f1": round(counts.span_f1(), 4),
        "entity_f1_by_type": {
            kind: {"f1": round(counts.span_f1([kind]), 3), "of": counts.spans[kind]}
            for kind in sorted(counts.spans)
        },
        "oos_transactions": rate(counts.out_of_scope_acted_on, counts.out_of_scope),
        "emergencies_missed": rate(counts.emergencies_missed, counts.emergencies),
        "false_alarms": rate(counts.false_alarms, counts.lines - counts.emergencies),
        "asked": rate(counts.asked, counts.lines),
        "intent_calibration_error": round(calibration_error(counts.intent_confidences), 4),
        "category_calibration_error": round(calibration_error(counts.category_confidences), 4),
    }


def main() -> int:
    """Command line entry."""
    from bot.logs import configure_logging

    parser = argparse.ArgumentParser(prog="python -m bot.evaluation", description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "var")))
    parser.add_argument("--json", action="store_true", help="the numbers only")
    parser.add_argument("--language", choices=("fr", "en"), help="only this language's lines")
    parser.add_argument("--picture", type=Path, help="where to draw the confusion matrix (SVG)")
    arguments = parser.parse_args()
    configure_logging()
    model = project.newest_model(arguments.data_dir)
    if model is None:
        sys.stderr.write("no trained model: run python -m bot.train first\n")
        return 1
    folders = project.heldout_folders(arguments.language)
    counts = evaluate(model, heldout_lines(folders))
    sys.stdout.write(json.dumps(report(counts), indent=2) + "\n")
    if not arguments.json:
        sys.stdout.write("\n".join([*counts.missed, ""]))
    if arguments.picture:
        arguments.picture.write_text(confusion_svg(counts.intent_pairs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
