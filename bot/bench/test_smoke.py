"""The bench runs from end to end, on a little of everything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.data import TrainingType

from bot import project
from bot.bench.data import Line, thinned

FIGURES = {
    "intent_accuracy",
    "category_macro_f1",
    "category_top3",
    "address_f1",
    "oos_transactions",
    "train_s",
    "parse_p50_ms",
    "parse_p95_ms",
    "turns_per_s",
    "rss_mb",
    "calibration_error",
}


@pytest.mark.long
def test_ours_has_every_figure(tmp_path: Path) -> None:
    output = tmp_path / "nlu.json"
    subprocess.run(
        [sys.executable, "-m", "bot.bench", "--smoke", "--output", str(output)],
        cwd=project.ROOT,
        check=True,
    )
    ours = json.loads(output.read_text(encoding="utf-8"))["ours"]
    assert ours.keys() >= FIGURES
    assert ours["turns_per_s"] > 0
    assert ours["rss_mb"] > 0


@pytest.mark.parametrize(
    ("config", "classifier"),
    [("floor.yml", "LogisticRegressionClassifier"), ("stock.yml", "DIETClassifier")],
)
def test_rasa_can_build_the_others(config: str, classifier: str) -> None:
    content = yaml.safe_load((Path(__file__).parent / config).read_text(encoding="utf-8"))
    recipe = DefaultV1Recipe()
    graph = recipe.graph_config_for_recipe(content, {}, training_type=TrainingType.NLU)
    names = " ".join(node.uses.__name__ for node in graph.predict_schema.nodes.values())
    assert classifier in names
    assert "LabelParting" in names


def test_a_subset_keeps_every_label() -> None:
    lines: list[Line] = [("a", None, str(n)) for n in range(100)]
    lines += [("b", "x", str(n)) for n in range(10)]
    kept = thinned(lines, 22)
    assert {(intent, category) for intent, category, _ in kept} == {("a", None), ("b", "x")}
    assert len(kept) == 24
    assert thinned(lines, 0) == lines
