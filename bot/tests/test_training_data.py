"""What the model is made of: complete, consistent, and never the held-out lines."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import project
from bot.components.category_classifier import UNSPECIFIED, CategoryClassifier
from bot.evaluation import evaluate, heldout_lines
from bot.train import train_model

LABEL = CategoryClassifier.label


@pytest.fixture(scope="module")
def importer() -> TrainingDataImporter:
    return TrainingDataImporter.load_from_config(
        str(project.CONFIG),
        str(project.DOMAIN),
        [str(path) for path in project.training_files()],
    )


@pytest.fixture(scope="module")
def data(importer: TrainingDataImporter) -> TrainingData:
    return importer.get_nlu_data()


def _categories(importer: TrainingDataImporter) -> set[str]:
    prefix = "utter_category_"
    responses = importer.get_domain().responses
    return {name.removeprefix(prefix) for name in responses if name.startswith(prefix)}


def test_every_category_has_at_least_fifteen_lines(
    importer: TrainingDataImporter, data: TrainingData
) -> None:
    counts = Counter(
        label
        for example in data.intent_examples
        if (label := LABEL(None, example))  # type: ignore[arg-type]
    )
    assert set(counts) == _categories(importer) | {UNSPECIFIED}
    assert {name: n for name, n in counts.items() if n < 15} == {}


def test_every_intent_has_at_least_twenty_lines(
    importer: TrainingDataImporter, data: TrainingData
) -> None:
    intents = set(importer.get_domain().intent_properties) - {
        "nlu_fallback",
        "restart",
        "back",
        "session_start",
        "out_of_scope_default",
    }
    counts = data.number_of_examples_per_intent
    assert {name: counts.get(name, 0) for name in intents if counts.get(name, 0) < 20} == {}


def test_no_line_stands_twice(data: TrainingData) -> None:
    texts = Counter(str(example.get("text")).casefold() for example in data.intent_examples)
    twice = {
        text: n
        for text, n in texts.items()
        # "Oui", "oui" and "OUI" are buttons, texts and shouts: three lines on purpose.
        if n > 1 and len(text) > 12
    }
    assert twice == {}


def test_held_out_lines_are_not_trained_on(data: TrainingData) -> None:
    trained = {str(example.get("text")).casefold() for example in data.intent_examples}
    longer = [line.text for line in heldout_lines() if len(line.text) > 12]
    assert [text for text in longer if text.casefold() in trained] == []
    assert not any("heldout" in path.parts for path in project.training_files())


def test_rasa_finds_domain_rules_and_stories_consistent() -> None:
    """The command of ``rasa data validate``, with the held-out folder left out."""
    arguments = [str(path) for path in project.training_files()]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "rasa", "data", "validate"),
            *("--domain", str(project.DOMAIN)),
            *("--config", str(project.CONFIG)),
            *("--data", *arguments),
        ],
        cwd=project.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_held_out_lines_are_mostly_understood(model: Path) -> None:
    """Floors, not targets: they catch a broken pipeline. ``python -m bot.evaluation`` shows all."""
    counts = evaluate(model)
    assert counts.lines >= 100
    assert counts.intents_right >= 0.87 * counts.lines, counts.missed
    assert counts.categories_right >= 0.7 * counts.categories, counts.missed
    assert counts.categories_in_top3 >= 0.85 * counts.categories, counts.missed
    assert counts.span_f1 >= 0.75, counts.missed
    assert counts.emergencies_missed <= 1, counts.missed
    # Such a line opens a question, never a report: nothing is sent before the read-back.
    assert counts.out_of_scope_acted_on <= 1, counts.missed


def test_a_model_is_trained_once(model: Path) -> None:
    again, spent_s = train_model(model.parent.parent)
    assert again == model
    assert spent_s == 0.0


def test_the_fingerprint_follows_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.fingerprint()
    config = tmp_path / "config.yml"
    config.write_text(project.CONFIG.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    monkeypatch.setattr(project, "ROOT", tmp_path)
    monkeypatch.setattr(project, "CONFIG", config)
    monkeypatch.setattr(project, "DOMAIN", tmp_path)
    monkeypatch.setattr(project, "training_files", list)
    monkeypatch.setattr(project, "BOT", tmp_path)
    assert project.fingerprint() != before
