"""What can be chosen is what the assistant knows: its domain, its training data, the taxonomy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent_console.meanings import (
    REPORT,
    UNSPECIFIED,
    entities,
    intents,
    intents_by_topic,
    unspoken,
)
from agent_console.reports.models import Category
from agent_console.training.forms import categories

ROOT = Path(__file__).parents[3]
_ENTITY = re.compile(r"\]\((\w+)\)")


def _loaded(files: list[Path]) -> list[dict[str, Any]]:
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="module")
def domain() -> list[dict[str, Any]]:
    return _loaded(sorted((ROOT / "bot" / "domain").glob("*.yml")))


@pytest.fixture(scope="module")
def blocks() -> list[dict[str, Any]]:
    """The training data in French, without the held-out lines."""
    files = [
        file for file in (ROOT / "nlu_data" / "fr").rglob("*.yml") if "heldout" not in file.parts
    ]
    return [block for one in _loaded(files) for block in one["nlu"] if "intent" in block]


def test_every_intent_of_the_assistant_has_a_label_or_is_never_said(
    domain: list[dict[str, Any]], blocks: list[dict[str, Any]]
) -> None:
    named = [one for part in domain for one in part.get("intents", [])]
    known = {next(iter(one)) if isinstance(one, dict) else one for one in named}
    chosen = set(intents())
    assert sum(map(len, intents_by_topic().values())) == len(chosen)
    assert chosen | (unspoken() & known) == known
    assert chosen & unspoken() == set()
    assert chosen == {block["intent"] for block in blocks}
    assert all(one.label and one.help for one in intents().values())


def test_every_entity_of_the_assistant_has_a_label_or_is_never_said(
    domain: list[dict[str, Any]], blocks: list[dict[str, Any]]
) -> None:
    known = {name for part in domain for name in part.get("entities", [])}
    chosen = set(entities())
    assert chosen | (unspoken() & known) == known
    assert chosen & unspoken() == set()
    assert chosen == {name for block in blocks for name in _ENTITY.findall(block["examples"])}


def test_nothing_is_kept_of_what_the_assistant_no_longer_knows(
    domain: list[dict[str, Any]],
) -> None:
    text = str([(part.get("intents"), part.get("entities")) for part in domain])
    assert [name for name in unspoken() if f"'{name}'" not in text] == []


def test_categories_are_those_of_the_training_data(
    metropolis: None, blocks: list[dict[str, Any]]
) -> None:
    trained = {block["metadata"]["category"] for block in blocks if block["intent"] == REPORT}
    assert {code for code, _ in categories()} == trained
    assert set(Category.objects.values_list("code", flat=True)) == trained - {UNSPECIFIED}
