"""What the classifier reads of a text: its n-gram counts, and the text as the encoder reads it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.caution import ANY_WORD_KNOWN
from bot.components.ngrams import Ngrams
from bot.components.spelling import Speller

ORIGIN = "TextFeaturizer"
# What the featurizer sets on a message: its text as encoders read it (bot/components/spelling.py).
WRITTEN_OUT = "written_out"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextFeaturizer(GraphComponent):
    """Adds n-grams and the text written out to each message that has a text."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._ngrams = Ngrams()
        self._speller = Speller()

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
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary and its spelling."""
        texts = [str(m.get(TEXT)) for m in training_data.training_examples if m.get(TEXT)]
        if not texts:
            return self._resource
        self._ngrams = Ngrams.fit(texts, at_least=self._config["at_least"])
        self._speller = Speller.fit(texts)
        with self._model_storage.write_to(self._resource) as directory:
            self._ngrams.save(directory)
            self._speller.save(directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features; a payload without text ("/affirm") gets none."""
        for message in messages:
            text = str(message.get(TEXT) or "")
            if not text:
                continue
            message.set(WRITTEN_OUT, self._speller.write_out(text))
            message.set(ANY_WORD_KNOWN, self._ngrams.knows_a_word_of(text))
            row = self._ngrams.row(text)
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data
