"""The encoder's network in TensorFlow, and what it learns, asked in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.components.encoder import original_network, shared_encoder
from bot.components.linear import softmax
from bot.components.meaning import votes
from bot.components.network_training import Network, padded, split_in_pieces, train_network
from bot.components.text_features import scaled
from bot.components.tuned_network import TunedNetwork, piece_vectors, weights_of

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


def _trained(epochs: int = 12) -> TunedNetwork:
    rows = shared_encoder().encode(TEXTS)
    return train_network(TEXTS, rows, LABELS, epochs=epochs, balance=0.3)


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
        "intercepts": np.array([1, 2], np.float32),
    }
    scores = TunedNetwork(["a", "b"], arrays).scores(TEXTS)
    np.testing.assert_allclose(scores, scaled(rows, mean, spread) @ top + [1, 2], atol=1e-3)
    arrays["vectors"] = np.zeros_like(arrays["vectors"])
    moved = TunedNetwork(["a", "b"], arrays).scores(TEXTS)
    assert np.abs(moved[:3] - scores[:3]).min() > 1e-3


def test_it_learns_its_lines_and_leaves_the_encoder_alone(trained: TunedNetwork) -> None:
    before = shared_encoder().encode(TEXTS[:1]).copy()
    learnt = _trained()
    np.testing.assert_array_equal(shared_encoder().encode(TEXTS[:1]), before)
    names = [learnt.labels[column] for column in learnt.scores(TEXTS).argmax(axis=1)]
    assert names == LABELS
    # One seed: whoever trains on the same lines gets the same network.
    np.testing.assert_allclose(learnt.scores(TEXTS), trained.scores(TEXTS), atol=1e-2)


def test_it_survives_saving_and_reads_a_line_alone_as_among_others(
    trained: TunedNetwork, tmp_path: Path
) -> None:
    trained.save(tmp_path)
    loaded = TunedNetwork.load(tmp_path)
    assert loaded.labels == sorted(set(LABELS))
    together = trained.scores(TEXTS)
    for text, scores in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(loaded.scores([text])[0], scores, atol=1e-3)


def test_without_epochs_or_labels_to_part_there_is_none(tmp_path: Path) -> None:
    rows = shared_encoder().encode(TEXTS)
    assert train_network(TEXTS, rows, LABELS, epochs=0, balance=0.3).labels == []
    assert train_network(TEXTS, rows, ["greet"] * 6, epochs=1, balance=0.3).labels == []
    assert TunedNetwork.load(tmp_path).labels == []


def test_both_models_have_the_same_say(monkeypatch: pytest.MonkeyPatch) -> None:
    one = np.log(np.array([[0.8, 0.2]], np.float32))
    # Scores count by their differences.
    other = np.log(np.array([[0.2, 0.8]], np.float32)) + np.float32(7)
    network = TunedNetwork()
    assert votes(one, network, ["bonjour"]) is one  # nothing learnt: it has no vote
    network.labels = ["greet", "thank"]
    for answer, shares in ((other, [[0.5, 0.5]]), (one, softmax(one))):
        monkeypatch.setattr(network, "scores", lambda texts, answer=answer: answer)
        np.testing.assert_allclose(softmax(votes(one, network, ["bonjour"])), shares, atol=1e-6)
