"""The graph plumbing that the intent and the category classifiers have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear import LinearModel

Self = TypeVar("Self", bound="LinearClassifier")


class LinearClassifier(GraphComponent):
    """Trains, persists and loads a ``LinearModel``; a subclass says which label and where to.

    Registered subclasses repeat ``train`` and ``process`` because Rasa wires a node by the
    annotated parameter names of the class that it finds.
    """

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = LinearModel()

    @classmethod
    def required_components(cls) -> list[type]:
        """A featurizer must come first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Imported when the component is used."""
        return ["sklearn", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C``: inverse regularisation; ``balance``: 0 leaves label counts, 1 evens them out;
        ``ranking_length``: how many names are given."""
        return {"C": 30.0, "balance": 1.0, "max_iter": 200, "ranking_length": 5}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse settings that give no ranking (``InvalidConfigException``)."""
        if config.get("ranking_length", 1) < 1 or config.get("C", 1.0) <= 0:
            raise InvalidConfigException(f"{cls.__name__}: ranking_length >= 1 and C > 0")

    def label(self, message: Message) -> str | None:
        """The label that a training example carries for this classifier, None when it has none."""
        raise NotImplementedError

    @classmethod
    def create(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The trained component; an untrained one when the archive holds nothing for it."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as directory:
                component._model = LinearModel.load(directory)
        except ValueError:  # what Rasa's storage raises when nothing was persisted
            pass
        return component

    def _train(self, training_data: TrainingData) -> Resource:
        labelled = [
            (message, label)
            for message in training_data.training_examples
            if message.get(TEXT) and (label := self.label(message))
        ]
        self._model = LinearModel.fit(
            [message for message, _ in labelled],
            [label for _, label in labelled],
            strength=self._config["C"],
            balance=self._config["balance"],
            max_iter=self._config["max_iter"],
        )
        if self._model.labels:
            with self._model_storage.write_to(self._resource) as directory:
                self._model.save(directory)
        return self._resource

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        return self._model.rank(message, self._config["ranking_length"])
