"""The training lines of a run: a stated number of them, the same for every pipeline."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from bot import project
from bot.bench.parting import SEPARATOR
from bot.components.meaning import REPORT

Line = tuple[str, str | None, str]


def training_lines(language: str = "fr") -> list[Line]:
    """``(intent, category, annotated text)`` of one language, in the files' order."""
    lines: list[Line] = []
    for path in project.training_files():
        if path.is_relative_to(project.NLU_DATA / language):
            for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []:
                lines += _lines_of(block)
    return lines


def _lines_of(block: dict[str, Any]) -> list[Line]:
    if "intent" not in block:
        return []
    category = (block.get("metadata") or {}).get("category")
    examples = block["examples"]
    if isinstance(examples, str):
        return [
            (block["intent"], category, raw.strip().removeprefix("- ").strip())
            for raw in examples.splitlines()
            if raw.strip()
        ]
    return [
        (
            block["intent"],
            (each.get("metadata") or {}).get("category", category),
            each["text"].strip().removeprefix("- ").strip(),
        )
        for each in examples
    ]


def thinned(lines: list[Line], count: int) -> list[Line]:
    """About ``count`` lines with the same share of every label; all of them for 0."""
    if not count or count >= len(lines):
        return lines
    labels: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
    for line in lines:
        labels[line[0], line[1]].append(line)
    share = count / len(lines)
    kept: list[Line] = []
    for group in labels.values():
        wanted = max(4, round(share * len(group)))
        step = max(1.0, len(group) / wanted)
        kept += [group[int(position * step)] for position in range(min(wanted, len(group)))]
    return kept


def write(lines: list[Line], folder: Path, *, joined: bool) -> list[Path]:
    """Training files of ``lines`` with the project's rules, stories and look-up tables.

    With ``joined`` a report's category becomes part of its intent.
    """
    blocks: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for intent, category, text in lines:
        blocks[intent, category].append(text)
    nlu: list[dict[str, Any]] = []
    for (intent, category), texts in blocks.items():
        is_joined = joined and intent == REPORT and category
        block: dict[str, Any] = {
            "intent": f"{intent}{SEPARATOR}{category}" if is_joined else intent,
            "examples": "".join(f"- {text}\n" for text in texts),
        }
        if category:
            block["metadata"] = {"category": category}
        nlu.append(block)
    nlu += _tables()
    path = folder / "nlu.yml"
    path.write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
    )
    others = [p for p in project.training_files() if not p.is_relative_to(project.NLU_DATA)]
    return [path, *others]


def _tables() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in project.training_files():
        if path.is_relative_to(project.NLU_DATA):
            blocks = yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []
            found += [block for block in blocks if "lookup" in block or "regex" in block]
    return found
