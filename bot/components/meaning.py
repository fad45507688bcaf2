"""Names what a message means: its intent and, if it tells of a problem, the report category.

Labels are such as ``greet`` and ``report_issue/pothole``: a pothole and a rat are less alike than
two greetings, so "report_issue" alone is no class that a line could part from the rest. The
sentence encoder's network, re-trained on the labels, names them with the help of n-grams. The
intent is the sum over its labels, the category what ``report_issue`` splits into. Sets::

    intent, intent_ranking          as Rasa's own classifiers do
    category:         {"name": "pothole", "confidence": 0.83}
    category_ranking: [{"name": ..., "confidence": ...}, ...]   best first, at most ranking_length

Examples labelled ``unspecified`` ("je veux signaler quelque chose", a bare address) teach it what
says nothing about the problem. That label takes its share of the probability and is never shown,
so a sentence without a subject has no confident category.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.components.encoder import Rows, shared_encoder
from bot.components.network_training import train_network
from bot.components.text_features import WRITTEN_OUT, TextFeaturizer
from bot.components.tuned_network import TunedNetwork

CATEGORY = "category"
CATEGORY_RANKING = "category_ranking"
UNSPECIFIED = "unspecified"
REPORT = "report_issue"

Ranking = list[dict[str, Any]]


def category_of(message: Message) -> str | None:
    """The category in a training example's metadata, else in its block's."""
    metadata = message.get("metadata") or {}
    for level in ("example", "intent"):
        value = (metadata.get(level) or {}).get(CATEGORY)
        if value:
            return str(value)
    return None


def joint_label(message: Message) -> str | None:
    """``intent`` or ``intent/category``, None without an intent."""
    intent, category = message.get(INTENT), category_of(message)
    if not intent:
        return None
    return f"{intent}/{category}" if category else str(intent)


def grams_of(messages: list[Message]) -> csr_matrix | None:
    """The featurizer's n-grams of all messages, None when one has none."""
    found = [message.get_sparse_features(TEXT)[1] for message in messages]
    if not found or any(each is None for each in found):
        return None
    return vstack([each.features for each in found]).tocsr()


def softmax(scores: Rows, temperature: float = 1.0) -> npt.NDArray[np.float64]:
    """Probabilities of each row of scores; a higher temperature makes them more moderate."""
    divided = np.asarray(scores, np.float64) / temperature
    powers = np.exp(divided - divided.max(axis=-1, keepdims=True))
    result: npt.NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return result


def rankings(labels: list[str], probabilities: Any) -> tuple[Ranking, Ranking]:
    """All intents, and all categories of ``report_issue``, best first, of one row."""
    intents: dict[str, float] = {}
    categories: dict[str, float] = {}
    for label, probability in zip(labels, probabilities, strict=True):
        intent, _, category = label.partition("/")
        intents[intent] = intents.get(intent, 0.0) + float(probability)
        if intent == REPORT and category:
            categories[category] = float(probability)
    total = sum(categories.values()) or 1.0
    return _ranked(intents), _ranked({name: p / total for name, p in categories.items()})


def _ranked(shares: dict[str, float]) -> Ranking:
    best = sorted(shares.items(), key=lambda item: -item[1])
    return [{"name": name, "confidence": share} for name, share in best]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MeaningClassifier(GraphComponent, IntentClassifier):
    """What the person means, and which of the taxonomy's categories it is about."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._network = TunedNetwork()

    @classmethod
    def required_components(cls) -> list[type]:
        """The rows that it reads."""
        return [TextFeaturizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Names that are both module and distribution; ``bot.project`` has the versions of all."""
        return ["scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``balance``: 0 leaves label counts, 1 evens them out; ``epochs``: how often the network
        reads all lines; ``temperature``: divides the scores, so that confidences are true;
        ``ranking_length``: how many names are given."""
        return {
            "balance": 0.3,
            "epochs": 6,
            "temperature": 1.0,
            "category_temperature": 1.0,
            "ranking_length": 5,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse settings that give no ranking (``InvalidConfigException``)."""
        for name in ("ranking_length", "epochs", "temperature", "category_temperature"):
            if config.get(name, 1) <= 0:
                raise InvalidConfigException(f"{cls.__name__}: {name} must be above 0")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MeaningClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MeaningClassifier:
        """The trained component; an untrained one when the archive holds nothing for it."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as directory:
                component._network = TunedNetwork.load(directory)
        except ValueError:  # what Rasa's storage raises when nothing was persisted
            pass
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has a text and an intent."""
        examples = [m for m in training_data.training_examples if m.get(TEXT) and m.get(INTENT)]
        grams = grams_of(examples)
        if grams is None:
            return self._resource
        texts = [str(message.get(WRITTEN_OUT)) for message in examples]
        self._network = train_network(
            texts,
            shared_encoder().encode(texts),
            grams,
            [str(joint_label(message)) for message in examples],
            epochs=self._config["epochs"],
            balance=self._config["balance"],
        )
        if self._network.labels:
            with self._model_storage.write_to(self._resource) as directory:
                self._network.save(directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and category on each message; a payload that bypassed the NLU keeps its own
        intent and has no category."""
        length = self._config["ranking_length"]
        for message in messages:
            intents, categories = self._rank(message)
            if intents:
                message.set(INTENT, intents[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, intents, add_to_output=True)
            named = [entry for entry in categories[: length + 1] if entry["name"] != UNSPECIFIED]
            message.set(CATEGORY, named[0] if named else None, add_to_output=True)
            message.set(CATEGORY_RANKING, named[:length], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> tuple[Ranking, Ranking]:
        grams = grams_of([message]) if self._network.labels and message.get(TEXT) else None
        if grams is None:
            return [], []
        labels, scores = (
            self._network.labels,
            self._network.scores([message.get(WRITTEN_OUT)], grams),
        )
        intents, _ = rankings(labels, softmax(scores[0], self._config["temperature"]))
        _, categories = rankings(labels, softmax(scores[0], self._config["category_temperature"]))
        return intents, categories

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing downstream learns from the predictions."""
        return training_data
