"""Parts ``report_issue+pothole`` into intent and category, for pipelines that know intents only."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.components.meaning import CATEGORY, CATEGORY_RANKING, REPORT, UNSPECIFIED

SEPARATOR = "+"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LabelParting(GraphComponent, IntentClassifier):
    """The intent stays the best label's; categories are ranked by their labels' confidences."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LabelParting:
        """Nothing is learnt here."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message the outputs that our own pipeline gives."""
        for message in messages:
            best = message.get(INTENT)
            if not isinstance(best, dict) or not best.get("name"):
                continue
            intent, _, _ = str(best["name"]).partition(SEPARATOR)
            message.set(INTENT, {**best, "name": intent}, add_to_output=True)
            ranking = message.get(INTENT_RANKING_KEY) or []
            categories = [
                {"name": category, "confidence": entry["confidence"]}
                for entry in ranking
                for name, _, category in [str(entry["name"]).partition(SEPARATOR)]
                if name == REPORT and category not in ("", UNSPECIFIED)
            ]
            message.set(CATEGORY, categories[0] if categories else None, add_to_output=True)
            message.set(CATEGORY_RANKING, categories, add_to_output=True)
        return messages
