"""When not to act: thresholds on the intent, chosen on lines that the model had not seen.

A false booking, report or redemption costs more than a question, and a missed emergency more than
either. So an intent that starts a transaction needs more confidence than a greeting, and unless it
is ``sure`` needs "out of scope" to be unlikely; below that the intent becomes ``nlu_fallback`` and
the dialogue asks. "Emergency" wins with less than half of the probability.

A message of which no word was ever heard ("blorp gnagna") is asked about unless the model is all
but sure: on such rows its probabilities say little more than how many lines each intent has.

The numbers are in ``bot/config.yml``; ``python -m bot.tuning`` proposes them with their rates.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

EMERGENCY = "emergency"
OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
# What the featurizer sets on a message: whether any of its words is in the training lines.
ANY_WORD_KNOWN = "any_word_known"
# What writes something in the resident's name once it goes on.
TRANSACTIONS = frozenset(
    {
        "report_issue",
        "book_pickup",
        "change_pickup",
        "cancel_pickup",
        "redeem_reward",
        "join_consultation",
        "link_account",
        "my_data",
        "opt_out",
    }
)


def decide(shares: dict[str, float], limits: dict[str, float], *, known: bool = True) -> str:
    """The intent to act on, given each intent's probability and whether any word is known."""
    if shares.get(EMERGENCY, 0.0) >= limits["emergency" if known else "unknown_emergency"]:
        return EMERGENCY
    best = max((name for name in shares if name != EMERGENCY), key=lambda name: shares[name])
    if not known and shares[best] < limits["unknown"]:
        return FALLBACK
    if best in TRANSACTIONS:
        doubtful = shares[best] < limits["transaction"]
        foreign = shares.get(OUT_OF_SCOPE, 0.0) >= limits["out_of_scope"]
        foreign = foreign and shares[best] < limits["sure"]
        return FALLBACK if doubtful or foreign else best
    return best if shares[best] >= limits["anything"] else FALLBACK


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CautionClassifier(GraphComponent, IntentClassifier):
    """Turns a ranking into the intent that the dialogue acts on."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._limits = {**self.get_default_config(), **config}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Probabilities; see the module."""
        return {
            "emergency": 0.5,
            "transaction": 0.4,
            "out_of_scope": 0.3,
            "sure": 0.75,
            "anything": 0.3,
            "unknown": 0.9,
            "unknown_emergency": 0.8,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CautionClassifier:
        """Nothing is learnt here."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the decided intent first in the ranking."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            if not message.get(TEXT) or not ranking:
                continue
            shares = {entry["name"]: entry["confidence"] for entry in ranking}
            decided = decide(shares, self._limits, known=message.get(ANY_WORD_KNOWN, True))
            confidence = shares.get(decided, 1.0 - ranking[0]["confidence"])
            first = {"name": decided, "confidence": confidence}
            others = [entry for entry in ranking if entry["name"] != decided]
            message.set(INTENT, first, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [first, *others], add_to_output=True)
        return messages
