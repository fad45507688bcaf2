"""Finds what a message names, with its place in the text and its normalised value.

Addresses, communes, places, items, waste and rewards are tagged by a sequence model (CRFsuite's
averaged perceptron) that sees what the rules found; dates, telephone numbers and references are
the rules' own. Each entity is what Rasa's extractors give, plus ``normalised`` (a dict, or None)::

    {"entity": "date", "start": 10, "end": 23, "value": "mardi en huit", "extractor": ...,
     "normalised": {"from": "2026-03-24", "to": "2026-03-24", "time_from": None, "time_to": None}}

``value`` stays what the person wrote. docs/assistant.md lists the keys for each type. A classifier
should stand before it in the pipeline: the intent tells an item to be fetched from waste to sort.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pycrfsuite
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.entities.communes import CommuneTable
from bot.entities.finding import Finder, merged, normalised
from bot.entities.tagging import OTHER_TOPIC, TOPICS, features, spans_of, tags
from bot.entities.words import Span, tokens_of

EXTRACTOR = "FrenchEntityExtractor"
LOOKUP = "commune"
_TAGGER_FILE = "tagger.crfsuite"
_COMMUNES_FILE = "communes.txt"
_ZONE = ZoneInfo("Europe/Paris")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FrenchEntityExtractor(GraphComponent, EntityExtractorMixin):
    """See the module."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._finder = Finder(CommuneTable(()))
        self._tagger: Any = None
        self._tagger_bytes = b""

    @staticmethod
    def required_packages() -> list[str]:
        """Names that are both module and distribution; ``bot.project`` has the versions of all."""
        return ["phonenumbers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``max_iter``: passes over the training lines."""
        return {"max_iter": 20}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrenchEntityExtractor:
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
    ) -> FrenchEntityExtractor:
        """The trained component; with nothing persisted, the rules alone."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as directory:
                component._read(directory)
        except ValueError:  # what Rasa's storage raises when nothing was persisted
            pass
        return component

    def _read(self, directory: Path) -> None:
        names = (directory / _COMMUNES_FILE).read_text(encoding="utf-8").splitlines()
        self._finder = Finder(CommuneTable(names))
        tagger = pycrfsuite.Tagger()
        # From memory: the archive's folder is gone after loading. CRFsuite reads these very bytes
        # at each message, so they must live as long as the tagger.
        self._tagger_bytes = (directory / _TAGGER_FILE).read_bytes()
        tagger.open_inmemory(self._tagger_bytes)
        self._tagger = tagger

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example, those without entities too."""
        names = [
            str(name)
            for table in training_data.lookup_tables
            if table["name"] == LOOKUP
            for name in table["elements"]
        ]
        self._finder = Finder(CommuneTable(names))
        trainer = pycrfsuite.Trainer("ap", verbose=False)
        trainer.set_params({"max_iterations": self._config["max_iter"]})
        for example in training_data.training_examples:
            text = str(example.get(TEXT) or "")
            tokens = tokens_of(text)
            if not tokens:
                continue
            topic = TOPICS.get(str(example.get(INTENT)), OTHER_TOPIC)
            annotated = [
                (str(e["entity"]), int(e["start"]), int(e["end"]))
                for e in example.get(ENTITIES) or []
            ]
            rows = features(tokens, self._finder.hints(text, tokens), topic)
            trainer.append(rows, tags(tokens, annotated))
        with self._model_storage.write_to(self._resource) as directory:
            trainer.train(str(directory / _TAGGER_FILE))
            (directory / _COMMUNES_FILE).write_text("\n".join(names), encoding="utf-8")
            self._read(directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message that has a text."""
        now = datetime.now(_ZONE).replace(tzinfo=None)
        for message in messages:
            text = str(message.get(TEXT) or "")
            if not text:
                continue
            ranked = message.get(INTENT) or {}
            intent = str(ranked.get(INTENT_NAME_KEY)) if isinstance(ranked, dict) else str(ranked)
            found = [self._entity(text, span) for span in self.find(text, intent, now)]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages

    def find(self, text: str, intent: str, now: datetime) -> list[Span]:
        """The spans of a text whose intent is known; dates count from ``now`` (local)."""
        tokens = tokens_of(text)
        hints = self._finder.hints(text, tokens)
        topic = TOPICS.get(intent, OTHER_TOPIC)
        learnt: list[Span] = []
        if self._tagger is not None and tokens:
            learnt = spans_of(tokens, self._tagger.tag(features(tokens, hints, topic)))
        spans = merged(learnt, hints, self._finder.dates(text, topic, now))
        return [normalised(text, span, self._finder.communes, now) for span in spans]

    def _entity(self, text: str, span: Span) -> dict[str, Any]:
        return {
            "entity": span.entity,
            "start": span.start,
            "end": span.end,
            "value": text[span.start : span.end],
            "normalised": span.normalised,
            "extractor": EXTRACTOR,
        }

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The examples keep their own annotation."""
        return training_data
