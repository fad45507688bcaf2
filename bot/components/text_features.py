"""The rows that the classifiers read: the encoder's vector and n-gram counts, computed once."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.caution import ANY_WORD_KNOWN
from bot.components.encoder import Rows, shared_encoder
from bot.components.ngrams import Ngrams
from bot.components.spelling import Speller

_SCALE_FILE = "scale.npz"
ORIGIN = "TextFeaturizer"
# What the featurizer sets on a message: its text as encoders read it (bot/components/spelling.py).
WRITTEN_OUT = "written_out"


def scaled(rows: Rows, mean: Rows, spread: Rows) -> Rows:
    """Each number in spreads from its mean, then each row of length one."""
    moved: Rows = (rows - mean) / spread
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return moved


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextFeaturizer(GraphComponent):
    """Adds one dense and one sparse sentence feature to each message that has a text."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._encoder = shared_encoder()
        self._ngrams = Ngrams()
        self._speller = Speller()
        self._mean: Rows | None = None
        self._spread: Rows | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``at_least``: n-grams of fewer training lines are left out."""
        return {"at_least": 3}

    @staticmethod
    def required_packages() -> list[str]:
        """Names that are both module and distribution; ``bot.project`` has the versions of all."""
        return ["scipy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextFeaturizer:
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
    ) -> TextFeaturizer:
        """The trained component. Raises ``ValueError`` when nothing was persisted."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._ngrams = Ngrams.load(directory)
            component._speller = Speller.load(directory)
            with np.load(directory / _SCALE_FILE, allow_pickle=False) as scale:
                component._mean, component._spread = scale["mean"], scale["spread"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary, its spelling, and how far each of the encoder's numbers spreads."""
        texts = [str(m.get(TEXT)) for m in training_data.training_examples if m.get(TEXT)]
        if not texts:
            return self._resource
        self._ngrams = Ngrams.fit(texts, at_least=self._config["at_least"])
        self._speller = Speller.fit(texts)
        rows = self._encoder.encode([self._speller.write_out(text) for text in texts])
        self._mean = rows.mean(axis=0)
        self._spread = rows.std(axis=0) + 1e-6
        with self._model_storage.write_to(self._resource) as directory:
            self._ngrams.save(directory)
            self._speller.save(directory)
            np.savez(directory / _SCALE_FILE, mean=self._mean, spread=self._spread)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features; a payload without text ("/affirm") gets none."""
        told = [message for message in messages if message.get(TEXT)]
        if not told or self._mean is None or self._spread is None:
            return messages
        written = [self._speller.write_out(str(message.get(TEXT))) for message in told]
        rows = self._encoder.encode(written)
        rows = scaled(rows, self._mean, self._spread)
        for message, row, as_read in zip(told, rows, written, strict=True):
            text = str(message.get(TEXT))
            message.set(WRITTEN_OUT, as_read)
            message.set(ANY_WORD_KNOWN, self._ngrams.knows_a_word_of(text))
            sparse = self._ngrams.row(text)
            for value in (row[None], sparse):
                message.add_features(Features(value, FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data
