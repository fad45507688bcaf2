"""Names the report category of a message, beside its intent.

Adds to every parsed message (and so to ``tracker.latest_message``)::

    category:         {"name": "pothole", "confidence": 0.83}
    category_ranking: [{"name": ..., "confidence": ...}, ...]   best first, at most ranking_length

It learns from examples whose NLU metadata carries ``category``, on the intent block or on one
example, and reads features that the pipeline has computed already: one matrix product a message.

Examples labelled ``unspecified`` ("je veux signaler quelque chose", a bare address) teach it what
says nothing about the problem. That label takes its share of the probability and is never shown,
so a sentence without a subject has no confident category.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.classifier import LinearClassifier

CATEGORY = "category"
CATEGORY_RANKING = "category_ranking"
UNSPECIFIED = "unspecified"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CategoryClassifier(LinearClassifier):
    """Which of the taxonomy's categories a message is about."""

    def label(self, message: Message) -> str | None:
        """The category in the example's metadata, else in its block's."""
        metadata = message.get("metadata") or {}
        for level in ("example", "intent"):
            value = (metadata.get(level) or {}).get(CATEGORY)
            if value:
                return str(value)
        return None

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples that carry a category; with fewer than two it stays silent."""
        return self._train(training_data)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``category`` (None without features) and ``category_ranking`` on each message."""
        for message in messages:
            ranking = self._named(message)
            message.set(CATEGORY, ranking[0] if ranking else None, add_to_output=True)
            message.set(CATEGORY_RANKING, ranking, add_to_output=True)
        return messages

    def _named(self, message: Message) -> list[dict[str, Any]]:
        length = self._config["ranking_length"]
        ranking = self._model.rank(message, length + 1)
        return [entry for entry in ranking if entry["name"] != UNSPECIFIED][:length]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing downstream learns from the category."""
        return training_data
