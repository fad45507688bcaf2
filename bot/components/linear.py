"""A logistic regression over the pipeline's sentence features, kept as plain arrays.

The intent and the category classifiers share it: same rows, two sets of labels. Sparse counts and
dense vectors are each scaled to length one, so neither drowns the other, training converges in a
few dozen iterations and confidences stay moderate.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

_WEIGHTS_FILE = "weights.npz"
_LABELS_FILE = "labels.json"


def sentence_row(message: Message) -> csr_matrix | None:
    """One row of sentence features, None for a message without features."""
    _, sparse = message.get_sparse_features(TEXT)
    _, dense = message.get_dense_features(TEXT)
    parts = [normalize(csr_matrix(f.features)) for f in (sparse, dense) if f is not None]
    return hstack(parts).tocsr() if parts else None


def _class_weights(labels: Sequence[str], balance: float) -> dict[str, float]:
    """Weight of each label: 1 for all at ``balance`` 0, equal shares for all at 1."""
    counts = Counter(labels)
    mean = len(labels) / len(counts)
    return {label: float((mean / count) ** balance) for label, count in counts.items()}


class LinearModel:
    """Labels and weights; ``rank`` gives the probabilities of one row, best first."""

    def __init__(
        self, labels: Sequence[str] = (), coefficients: Any = None, intercepts: Any = None
    ) -> None:
        self.labels = list(labels)
        self._coefficients = coefficients
        self._intercepts = intercepts

    @classmethod
    def fit(
        cls,
        messages: Sequence[Message],
        labels: Sequence[str],
        *,
        strength: float,
        balance: float,
        max_iter: int,
    ) -> LinearModel:
        """Train on one label a message; ``strength`` is scikit-learn's ``C``;
        ``balance`` says how much rare labels are lifted, 0 to 1.

        With fewer than two distinct labels there is nothing to tell apart: the model is empty.
        """
        if len(set(labels)) < 2:
            return cls()
        model = LogisticRegression(
            C=strength,
            max_iter=max_iter,
            tol=1e-3,  # the last digits of a weight change no decision
            class_weight=_class_weights(labels, balance),
            multi_class="multinomial",
            random_state=42,
        )
        model.fit(vstack([sentence_row(message) for message in messages]), list(labels))
        coefficients, intercepts = model.coef_, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row; softmax wants one per label
            coefficients = np.vstack([-coefficients, coefficients])
            intercepts = np.concatenate([-intercepts, intercepts])
        return cls(
            [str(name) for name in model.classes_],
            coefficients.astype(np.float32),
            intercepts.astype(np.float32),
        )

    def rank(self, message: Message, length: int) -> list[dict[str, Any]]:
        """``[{"name", "confidence"}]``, best first, at most ``length``; empty without features."""
        row = sentence_row(message) if self.labels and message.get(TEXT) else None
        if row is None:
            return []
        scores = np.asarray(row @ self._coefficients.T + self._intercepts, dtype=np.float64)[0]
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        best = np.argsort(-probabilities)[:length]
        return [
            {"name": self.labels[index], "confidence": float(probabilities[index])}
            for index in best
        ]

    def save(self, directory: Path) -> None:
        """Plain arrays and JSON: loading a model executes nothing, unlike a pickle."""
        np.savez_compressed(
            directory / _WEIGHTS_FILE,
            coefficients=self._coefficients,
            intercepts=self._intercepts,
        )
        (directory / _LABELS_FILE).write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> LinearModel:
        """What ``save`` wrote. Raises ``OSError`` when a file is missing."""
        labels = json.loads((directory / _LABELS_FILE).read_text(encoding="utf-8"))
        with np.load(directory / _WEIGHTS_FILE, allow_pickle=False) as weights:
            return cls(labels, weights["coefficients"], weights["intercepts"])
