"""What the assistant can understand, in French: ``meanings.yaml``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPORT = "report_issue"
UNSPECIFIED = "unspecified"
_FILE = Path(__file__).parent / "meanings.yaml"


@dataclass(frozen=True)
class Meaning:
    """The name of an intent or an entity, and what tells it from others."""

    label: str
    help: str


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def intents_by_topic() -> dict[str, dict[str, Meaning]]:
    """What a sentence can mean, by topic, in the order of their showing."""
    return {
        topic: {name: Meaning(**one) for name, one in several.items()}
        for topic, several in _data()["intents"].items()
    }


@cache
def intents() -> dict[str, Meaning]:
    """The same without topics."""
    return {name: one for several in intents_by_topic().values() for name, one in several.items()}


@cache
def entities() -> dict[str, Meaning]:
    """What can be marked in a sentence."""
    return {name: Meaning(**one) for name, one in _data()["entities"].items()}


def unspoken() -> frozenset[str]:
    """Intents and entities of the assistant's that no sentence is an example of."""
    return frozenset(_data()["unspoken"]) | frozenset(_data()["unspoken_entities"])


def unspecified_label() -> str:
    """What a report without a subject is called."""
    return str(_data()["unspecified"])


def understood_label(intent: str) -> str:
    """What the assistant took a sentence for; a name that is gone since stays as it was."""
    known: dict[str, str] = _data()["understood"]
    found = intents().get(intent)
    return found.label if found else known.get(intent, intent)
