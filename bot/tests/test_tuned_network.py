"""The encoder's network in TensorFlow, and what it learns, asked in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from bot.components.encoder import original_network, shared_encoder
from bot.components.network_training import (
    Network,
    class_weights,
    linear_start,
    padded,
    padded_grams,
    split_in_pieces,
    train_network,
)
from bot.components.ngrams import Ngrams
from bot.components.tuned_network import TunedNetwork, piece_vectors, scaled, weights_of

LINES = [
    ("il y a un trou dans la chaussée", "report_issue/pothole"),
    ("gros nid-de-poule devant le 12 rue Paradis, à Marseille", "report_issue/pothole"),
    ("une branche va tomber", "report_issue/tree"),
    ("l'arbre penche sur la rue depuis l'orage de mardi", "report_issue/tree"),
    ("bonjour", "greet"),
    ("bonsoir à vous", "greet"),
]
TEXTS = [text for text, _ in LINES]
LABELS = [label for _, label in LINES]
NGRAMS = Ngrams.fit(TEXTS, at_least=1)
GRAMS = vstack([NGRAMS.row(text) for text in TEXTS]).tocsr()


def _trained(labels: list[str] = LABELS) -> TunedNetwork:
    rows = shared_encoder().encode(TEXTS)
    return train_network(TEXTS, rows, GRAMS, labels, epochs=12, balance=0.3)


@pytest.fixture(scope="module")
def trained() -> TunedNetwork:
    return _trained()


def test_the_network_in_tensorflow_is_the_packages() -> None:
    lines, pieces = split_in_pieces(TEXTS)
    rows = Network(pieces).rows(*padded(lines)).numpy()
    np.testing.assert_allclose(rows, shared_encoder().encode(TEXTS), atol=1e-4)


def test_with_the_encoders_own_weights_it_gives_the_encoders_rows() -> None:
    original = original_network()
    _, pieces = split_in_pieces(TEXTS[:3])  # the others' pieces come from the encoder's table
    rows = shared_encoder().encode(TEXTS)
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    top = np.random.default_rng(1).normal(size=(rows.shape[1], 2)).astype(np.float32)
    arrays = {
        **weights_of(original),
        "pieces": pieces,
        "vectors": piece_vectors(original, pieces),
        "mean": mean,
        "spread": spread,
        "top": top,
        "grams": np.full((NGRAMS.width, 2), 0.5, np.float16),
        "intercepts": np.array([1, 2], np.float32),
    }
    scores = TunedNetwork(["a", "b"], arrays).scores(TEXTS, GRAMS)
    of_grams = GRAMS.sum(axis=1) / 2
    wanted = scaled(rows, mean, spread) @ top + of_grams + [1, 2]
    np.testing.assert_allclose(scores, wanted, atol=1e-3)
    arrays["vectors"] = np.zeros_like(arrays["vectors"])
    moved = TunedNetwork(["a", "b"], arrays).scores(TEXTS, GRAMS)
    assert np.abs(moved[:3] - scores[:3]).min() > 1e-3


def test_it_learns_its_lines_and_leaves_the_encoder_alone(trained: TunedNetwork) -> None:
    before = shared_encoder().encode(TEXTS[:1]).copy()
    learnt = _trained()
    np.testing.assert_array_equal(shared_encoder().encode(TEXTS[:1]), before)
    names = [learnt.labels[column] for column in learnt.scores(TEXTS, GRAMS).argmax(axis=1)]
    assert names == LABELS
    # One seed: whoever trains on the same lines gets the same network.
    np.testing.assert_allclose(learnt.scores(TEXTS, GRAMS), trained.scores(TEXTS, GRAMS), atol=1e-2)


def test_it_survives_saving_and_reads_a_line_alone_as_among_others(
    trained: TunedNetwork, tmp_path: Path
) -> None:
    trained.save(tmp_path)
    loaded = TunedNetwork.load(tmp_path)
    assert loaded.labels == sorted(set(LABELS))
    together = trained.scores(TEXTS, GRAMS)
    for text, scores in zip(TEXTS, together, strict=True):
        alone = loaded.scores([text], NGRAMS.row(text))
        np.testing.assert_allclose(alone[0], scores, atol=1e-3)


def test_without_labels_to_part_there_is_none(tmp_path: Path) -> None:
    assert _trained(["greet"] * 6).labels == []
    assert TunedNetwork.load(tmp_path).labels == []


def test_two_labels_are_parted() -> None:
    labels = ["a", "a", "a", "b", "b", "b"]
    learnt = _trained(labels)
    assert [learnt.labels[i] for i in learnt.scores(TEXTS, GRAMS).argmax(axis=1)] == labels


@pytest.mark.parametrize("labels", [LABELS, ["a", "b"] * 3])
def test_the_start_is_a_linear_model(labels: list[str]) -> None:
    rows = np.eye(6, dtype=np.float32) * 20
    top, intercepts = linear_start(rows, labels, class_weights(labels, 0.3))
    names = sorted(set(labels))
    assert top.shape == (6, len(names))
    assert [names[i] for i in (rows @ top + intercepts).argmax(axis=1)] == labels


def test_rare_labels_weigh_more() -> None:
    labels = ["a"] * 8 + ["b"] * 2
    assert class_weights(labels, 0) == pytest.approx([1] * 10)
    evened = class_weights(labels, 1)
    assert evened[:8].sum() == pytest.approx(evened[8:].sum())


def test_grams_are_padded_with_nothing() -> None:
    grams = csr_matrix(np.array([[0, 2, 0], [0, 0, 0], [1, 0, 3]], np.float32))
    columns, values = padded_grams(grams)
    assert columns.tolist() == [[1, 0], [0, 0], [0, 2]]
    assert values.tolist() == [[2, 0], [0, 0], [1, 3]]
