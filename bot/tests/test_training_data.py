"""What the model is made of: complete, consistent, and never the held-out lines."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot import project
from bot.components.meaning import UNSPECIFIED, category_of
from bot.entities.words import fold
from bot.evaluation import evaluate, heldout_lines, report
from bot.train import train_model

# Shorter lines ("oui", "bonjour") are the language's own: they can't be told apart otherwise.
SHORT = 12
# Cosine of letter triples; rewordings by another hand reach 0.8.
NEAR_COPY = 0.92


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
    codes = {name.removeprefix(prefix) for name in responses if name.startswith(prefix)}
    english = {code for code in codes if code.endswith("_en")}
    assert {code.removesuffix("_en") for code in english} == codes - english
    return codes - english


def test_every_category_has_at_least_150_lines(
    importer: TrainingDataImporter, data: TrainingData
) -> None:
    counts = Counter(label for example in data.intent_examples if (label := category_of(example)))
    assert set(counts) == _categories(importer) | {UNSPECIFIED}
    assert {name: n for name, n in counts.items() if n < 150} == {}


def test_every_intent_has_at_least_80_lines(
    importer: TrainingDataImporter, data: TrainingData
) -> None:
    intents = set(importer.get_domain().intent_properties) - {
        "nlu_fallback",
        "restart",
        "back",
        "session_start",
        "out_of_scope_default",
        # What the hub makes of a button, a picture or a position: nobody says them.
        "report_feedback",
        "wallet_consent",
        "ask_callback",
        "share_location",
        "share_photo",
        "give_code",
        "give_phone",
        "new_code",
    }
    counts = data.number_of_examples_per_intent
    assert {name: counts.get(name, 0) for name in intents if counts.get(name, 0) < 80} == {}


def test_no_line_stands_twice(data: TrainingData) -> None:
    texts = Counter(str(example.get("text")).casefold() for example in data.intent_examples)
    twice = {
        text: n
        for text, n in texts.items()
        # "Oui", "oui" and "OUI" are buttons, texts and shouts: three lines on purpose.
        if n > 1 and len(text) > SHORT
    }
    assert twice == {}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def test_no_held_out_line_is_a_near_copy_of_a_training_line(data: TrainingData) -> None:
    trained = sorted({_plain(str(example.get("text"))) for example in data.intent_examples})
    folders = [*project.heldout_folders(), project.NLU_DATA / "fr" / "heldout" / "plain"]
    asked = sorted({_plain(line.text) for line in heldout_lines(folders)})
    asked = [text for text in asked if len(text) > SHORT]
    assert [text for text in asked if text in set(trained)] == []
    triples = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), use_idf=False)
    rows = triples.fit_transform(trained)
    alike = triples.transform(asked) @ rows.T
    near = [
        (asked[row], trained[int(alike[row].argmax())])
        for row in range(len(asked))
        if alike[row].max() >= NEAR_COPY
    ]
    assert near == []
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
    counts = evaluate(model, heldout_lines(project.heldout_folders("fr")))
    found = report(counts)
    assert counts.lines >= 100
    assert found["intent_accuracy"]["rate"] >= 0.85, counts.missed
    assert found["category_macro_f1"] >= 0.7, counts.missed
    assert found["category_top3"]["rate"] >= 0.85, counts.missed
    assert found["address_f1"] >= 0.85, counts.missed


def test_plain_reports_are_taken(model: Path) -> None:
    """Lines that never name the thing, and what is near but out of scope, must not cost these."""
    counts = evaluate(model, heldout_lines([project.NLU_DATA / "fr" / "heldout" / "plain"]))
    assert counts.lines >= 40
    assert counts.lines - counts.intents_right <= 2, counts.missed
    assert counts.categories - counts.categories_right <= 2, counts.missed


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
