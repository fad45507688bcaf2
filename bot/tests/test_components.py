"""The components on their own, and in the trained graph."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.alarm_words import alarm_kinds
from bot.components.caution import CautionClassifier, decide
from bot.components.encoder import UniversalSentenceEncoder, shared_encoder
from bot.components.entity_extractor import FrenchEntityExtractor
from bot.components.meaning import MeaningClassifier, rankings
from bot.components.ngrams import Ngrams, pieces
from bot.components.spelling import Speller, shouted
from bot.components.text_features import TextFeaturizer


def _example(text: str, intent: str, category: str | None = None, level: str = "intent") -> Message:
    data: dict[str, Any] = {TEXT: text, INTENT: intent}
    if category:
        data["metadata"] = {level: {"category": category}}
    return Message(data=data)


EXAMPLES = [
    ("un trou dans la chaussée", "report_issue", "pothole", "intent"),
    ("gros nid-de-poule sur la route", "report_issue", "pothole", "example"),
    ("une branche va tomber", "report_issue", "tree", "intent"),
    ("l'arbre penche sur la rue", "report_issue", "tree", "intent"),
    ("je veux signaler un problème", "report_issue", "unspecified", "intent"),
    ("bonjour", "greet", None, "intent"),
    ("bonsoir à vous", "greet", None, "intent"),
    ("merci beaucoup", "thank", None, "intent"),
    ("je vous remercie", "thank", None, "intent"),
]


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


def _data() -> TrainingData:
    return TrainingData(training_examples=[_example(*each) for each in EXAMPLES])


def _trained(storage: LocalModelStorage, data: TrainingData) -> tuple[Any, Any]:
    featurizer = TextFeaturizer({"at_least": 1}, storage, Resource("features"))
    featurizer.train(data)
    featurizer.process_training_data(data)
    classifier = MeaningClassifier({}, storage, Resource("meaning"))
    classifier.train(data)
    return featurizer, classifier


def test_it_names_intent_and_category_and_survives_saving(storage: LocalModelStorage) -> None:
    trained = _trained(storage, _data())
    loaded = (
        TextFeaturizer.load({}, storage, Resource("features"), None),
        MeaningClassifier.load({}, storage, Resource("meaning"), None),
    )
    rankings_seen = []
    for featurizer, classifier in (trained, loaded):
        (parsed,) = classifier.process(featurizer.process([Message({TEXT: "un trou énorme"})]))
        assert parsed.get("intent")["name"] == "report_issue"
        ranking = parsed.get("category_ranking")
        assert parsed.get("category") == ranking[0]
        assert ranking[0]["name"] == "pothole"
        assert "unspecified" not in {entry["name"] for entry in ranking}
        assert sum(e["confidence"] for e in parsed.get("intent_ranking")) == pytest.approx(1)
        assert {"category", "category_ranking", "intent"} <= parsed.output_properties
        rankings_seen.append([e["confidence"] for e in ranking])
    assert rankings_seen[0] == pytest.approx(rankings_seen[1], abs=1e-4)


def test_without_training_lines_it_is_silent(storage: LocalModelStorage) -> None:
    loaded = MeaningClassifier.load({}, storage, Resource("none"), None)
    (parsed,) = loaded.process([Message({TEXT: "un trou"})])
    assert parsed.get("category") is None
    assert parsed.get("category_ranking") == []
    assert parsed.get("intent") is None


def test_an_intent_is_the_sum_of_its_labels() -> None:
    intents, categories = rankings(
        ["greet", "report_issue/pothole", "report_issue/tree"], [0.4, 0.35, 0.25]
    )
    assert [entry["name"] for entry in intents] == ["report_issue", "greet"]
    assert intents[0]["confidence"] == pytest.approx(0.6)
    assert categories[0] == {"name": "pothole", "confidence": pytest.approx(0.35 / 0.6)}


def test_the_encoder_keeps_its_port() -> None:
    encoder = shared_encoder()
    assert encoder is shared_encoder()
    texts = ["un trou dans la route", "un nid-de-poule sur la chaussée", "merci beaucoup"]
    rows = encoder.encode(texts)
    assert rows.shape == (3, UniversalSentenceEncoder.WIDTH)
    assert rows.dtype == np.float32
    alone = encoder.encode(texts[1:2])
    assert np.allclose(rows[1], alone[0], atol=1e-3)
    similar = rows[:, :512] @ rows[:, :512].T
    assert similar[0, 1] > similar[0, 2] + 0.1
    assert encoder.encode([]).shape == (0, UniversalSentenceEncoder.WIDTH)


def test_ngrams_do_not_see_accents_or_capitals(tmp_path: Path) -> None:
    assert list(pieces("ÉTÉ")) == list(pieces("ete"))
    ngrams = Ngrams.fit(["feu en panne", "feu rouge"], at_least=1)
    row = ngrams.row("feu")
    ngrams.save(tmp_path)
    assert (Ngrams.load(tmp_path).row("feu") != row).nnz == 0
    assert ngrams.row("zzz").nnz == 0
    assert ngrams.row("").shape == (1, ngrams.width)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("POUBELLE VIDEE", "poubelle vidée"),
        ("la poubele du trotoir", "la poubelle du trottoir"),
        ("jveu 1 poubelle svp", "je veux 1 poubelle s'il vous plaît"),
        ("c'est la RUE de Thubaneau", "c'est la RUE de Thubaneau"),
        ("rue blorpouille", "rue blorpouille"),
        ("c plein", "c'est plein"),
        ("THE POUBELE IS FULL", "the poubele is full"),
        ("", ""),
    ],
)
def test_the_encoder_reads_words_written_out(tmp_path: Path, typed: str, read: str) -> None:
    lines = [
        "la poubelle du trottoir est vidée",
        "poubelle du trottoir, c'est vidée rue de Rome",
    ] * 2
    speller = Speller.fit(lines)
    speller.save(tmp_path)
    assert speller.write_out(typed) == read
    assert Speller.load(tmp_path).write_out(typed) == read


def test_a_text_is_shouted_when_most_letters_are_capitals() -> None:
    assert shouted("AU SECOURS vite")
    assert not shouted("Place Jean-Jaurès, OM")
    assert not shouted("12")


def test_alarming_words_are_counted_by_kind() -> None:
    assert alarm_kinds("trottinette contre camion fille inconsciente") == [
        "person",
        "wound",
        "person+wound",
    ]
    assert alarm_kinds("feu tricolore en panne") == ["danger"]
    assert alarm_kinds("un trou dans la rue") == []


LIMITS = {
    "emergency": 0.3,
    "transaction": 0.5,
    "out_of_scope": 0.2,
    "sure": 0.75,
    "anything": 0.3,
    "unknown": 0.9,
    "unknown_emergency": 0.5,
}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"emergency": 0.35, "report_issue": 0.65}, "emergency"),
        ({"emergency": 0.2, "report_issue": 0.8}, "report_issue"),
        ({"report_issue": 0.45, "greet": 0.4, "emergency": 0.15}, "nlu_fallback"),
        ({"book_pickup": 0.7, "out_of_scope": 0.3}, "nlu_fallback"),
        ({"book_pickup": 0.78, "out_of_scope": 0.22}, "book_pickup"),
        ({"greet": 0.45, "out_of_scope": 0.4}, "greet"),
        ({"greet": 0.2, "thank": 0.19}, "nlu_fallback"),
        ({"out_of_scope": 0.6, "report_issue": 0.4}, "out_of_scope"),
    ],
)
def test_caution_costs_a_question_never_a_false_transaction(
    shares: dict[str, float], expected: str
) -> None:
    assert decide(shares, LIMITS) == expected


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"ask_sorting_rule": 0.8, "greet": 0.2}, "nlu_fallback"),
        ({"thank": 0.95, "greet": 0.05}, "thank"),
        ({"emergency": 0.4, "greet": 0.6}, "nlu_fallback"),
        ({"emergency": 0.6, "greet": 0.4}, "emergency"),
    ],
)
def test_words_never_heard_are_asked_about(shares: dict[str, float], expected: str) -> None:
    assert decide(shares, LIMITS, known=False) == expected


def test_a_word_is_known_once_a_training_line_had_it(tmp_path: Path) -> None:
    ngrams = Ngrams.fit(["Un trou", "la chaussée", "la rue"])
    ngrams.save(tmp_path)
    for fitted in (ngrams, Ngrams.load(tmp_path)):
        assert fitted.knows_a_word_of("un blorp")
        assert fitted.knows_a_word_of("CHAUSSEE")
        assert fitted.knows_a_word_of("42")
        assert fitted.knows_a_word_of("👍")
        assert not fitted.knows_a_word_of("blorp gnagna")


def test_caution_puts_its_decision_first() -> None:
    message = Message({TEXT: "venez"})
    message.set("intent_ranking", [{"name": "book_pickup", "confidence": 0.3}])
    (parsed,) = CautionClassifier(LIMITS).process([message])
    assert parsed.get("intent") == {"name": "nlu_fallback", "confidence": 0.7}
    assert [e["name"] for e in parsed.get("intent_ranking")] == ["nlu_fallback", "book_pickup"]


def test_the_extractor_without_a_model_keeps_to_its_rules(storage: LocalModelStorage) -> None:
    extractor = FrenchEntityExtractor.load({}, storage, Resource("none"), None)
    (parsed,) = extractor.process([Message({TEXT: "rappelez-moi au 06 39 98 00 01 demain"})])
    found = {e["entity"]: e["normalised"] for e in parsed.get("entities")}
    assert found["phone"] == {"e164": "+33639980001"}
    tomorrow = found["date"]["from"]
    assert date.fromisoformat(tomorrow) - date.today() <= timedelta(days=2)


@pytest.fixture(scope="module")
def agent_alone(model: Path) -> Agent:
    return Agent.load(str(model))


def _parsed(agent: Agent, text: str) -> dict[str, Any]:
    return dict(asyncio.run(agent.parse_message(text)))


def test_the_trained_graph_names_the_category(agent_alone: Agent) -> None:
    text = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
    parsed = _parsed(agent_alone, text)
    assert parsed["intent"]["name"] == "report_issue"
    assert parsed["category"]["name"] == "pothole"
    assert len(parsed["category_ranking"]) == 5
    found = {(e["entity"], e["value"]) for e in parsed["entities"]}
    assert found == {("address", "12 rue Paradis"), ("commune", "Marseille")}
    address, commune = parsed["entities"]
    assert address["normalised"] == {"number": 12, "suffix": None, "street": "rue Paradis"}
    assert commune["normalised"] == {"name": "Marseille"}


def test_the_trained_graph_normalises_a_booking(agent_alone: Agent) -> None:
    parsed = _parsed(agent_alone, "je voudrais faire enlever deux matelas mardi prochain")
    assert parsed["intent"]["name"] == "book_pickup"
    found = {e["entity"]: e["normalised"] for e in parsed["entities"]}
    assert found["item"] == {"quantity": 2, "name": "matelas"}
    assert date.fromisoformat(found["date"]["from"]).weekday() == 1


def test_a_payload_bypasses_the_classifiers(agent_alone: Agent) -> None:
    assert _parsed(agent_alone, "/affirm")["intent"]["name"] == "affirm"
