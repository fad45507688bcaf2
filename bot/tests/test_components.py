"""The category component on its own, and in the trained graph."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.category_classifier import CategoryClassifier

CONFIG = CategoryClassifier.get_default_config()


def _message(vector: list[float], category: str | None = None, level: str = "intent") -> Message:
    data: dict[str, Any] = {TEXT: "words"}
    if category:
        data["metadata"] = {level: {"category": category}}
    message = Message(data=data)
    message.add_features(Features(np.array([vector]), FEATURE_TYPE_SENTENCE, TEXT, "test"))
    return message


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


def _trained(storage: LocalModelStorage, examples: list[Message]) -> CategoryClassifier:
    component = CategoryClassifier(CONFIG, storage, Resource("category"))
    component.train(TrainingData(training_examples=examples))
    return component


EXAMPLES = [
    _message([1.0, 0.1, 0.0], "pothole"),
    _message([0.9, 0.0, 0.1], "pothole", level="example"),
    _message([0.0, 1.0, 0.1], "tree"),
    _message([0.1, 0.9, 0.0], "tree"),
    _message([0.0, 0.1, 1.0], "graffiti"),
    _message([0.5, 0.5, 0.5]),
]


@pytest.mark.parametrize("count", [4, 6])  # two labels, then three
def test_it_learns_and_survives_saving(storage: LocalModelStorage, count: int) -> None:
    trained = _trained(storage, EXAMPLES[:count])
    loaded = CategoryClassifier.load(CONFIG, storage, Resource("category"), None)
    for component in (trained, loaded):
        (parsed,) = component.process([_message([0.95, 0.05, 0.0])])
        assert parsed.get("category")["name"] == "pothole"
        ranking = parsed.get("category_ranking")
        assert ranking[0] == parsed.get("category")
        assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1.0, abs=1e-5)
        assert {"category", "category_ranking"} <= parsed.output_properties


def test_without_categories_it_is_silent(storage: LocalModelStorage) -> None:
    _trained(storage, EXAMPLES[:2])
    loaded = CategoryClassifier.load(CONFIG, storage, Resource("category"), None)
    (parsed,) = loaded.process([_message([1.0, 0.0, 0.0])])
    assert parsed.get("category") is None
    assert parsed.get("category_ranking") == []


def test_a_message_without_features_has_no_category(storage: LocalModelStorage) -> None:
    (parsed,) = _trained(storage, EXAMPLES).process([Message(data={TEXT: "/affirm"})])
    assert parsed.get("category") is None


def test_the_trained_graph_names_the_category(model: Path) -> None:
    agent = Agent.load(str(model))
    text = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
    parsed = asyncio.run(agent.parse_message(text))
    assert parsed["intent"]["name"] == "report_issue"
    assert parsed["category"]["name"] == "pothole"
    assert len(parsed["category_ranking"]) == 5
    found = {(e["entity"], e["value"]) for e in parsed["entities"]}
    assert found == {("address", "12 rue Paradis"), ("commune", "Marseille")}
