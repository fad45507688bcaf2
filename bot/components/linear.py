"""Multinomial logistic regression over a dense and a sparse block, kept as plain arrays.

scikit-learn's needs one sparse matrix in double precision, in which the dense block would be the
larger part; this one keeps the blocks apart, in single precision.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
_WEIGHTS_FILE = "weights.npz"
_LABELS_FILE = "labels.json"


def class_weights(labels: Sequence[str], balance: float) -> Floats:
    """Weight of each row: all alike at ``balance`` 0, equal shares for all labels at 1."""
    counts = Counter(labels)
    mean = len(labels) / len(counts)
    return np.array([(mean / counts[label]) ** balance for label in labels], np.float32)


def softmax(scores: Floats, temperature: float = 1.0) -> npt.NDArray[np.float64]:
    """Probabilities of each row of scores; a higher temperature makes them more moderate."""
    scaled = np.asarray(scores, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: npt.NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return result


class LinearModel:
    """Labels and weights; ``scores`` of rows, to be turned into probabilities by ``softmax``."""

    def __init__(
        self,
        labels: Sequence[str] = (),
        dense: Floats | None = None,
        sparse: Floats | None = None,
        intercepts: Floats | None = None,
    ) -> None:
        self.labels = list(labels)
        none = np.zeros((0, 0), np.float32)
        self._dense: Floats = none if dense is None else dense
        self._sparse: Floats = none if sparse is None else sparse
        self._intercepts: Floats = none if intercepts is None else intercepts

    @classmethod
    def fit(
        cls,
        dense: Floats,
        sparse: csr_matrix,
        labels: Sequence[str],
        *,
        strength: float,
        balance: float,
        max_iter: int,
    ) -> LinearModel:
        """Train on one label a row; ``strength`` is the inverse of the regularisation.

        With fewer than two distinct labels there is nothing to tell apart: the model is empty.
        """
        names = sorted(set(labels))
        if len(names) < 2:
            return cls()
        position = {name: column for column, name in enumerate(names)}
        truth = np.array([position[label] for label in labels])
        weights = class_weights(labels, balance)[:, None] * np.float32(strength)
        rows, count = np.arange(len(labels)), len(names)
        shapes = ((dense.shape[1], count), (sparse.shape[1], count))
        sparse_turned = sparse.T.tocsr()
        cut = shapes[0][0] * count

        def parts(flat: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
            single = flat.astype(np.float32)
            return (
                single[:cut].reshape(shapes[0]),
                single[cut:-count].reshape(shapes[1]),
                single[-count:],
            )

        def loss(flat: npt.NDArray[Any]) -> tuple[float, npt.NDArray[np.float64]]:
            of_dense, of_sparse, intercepts = parts(flat)
            scores = dense @ of_dense + sparse @ of_sparse + intercepts
            scores -= scores.max(axis=1, keepdims=True)
            powers = np.exp(scores)
            sums = powers.sum(axis=1, keepdims=True)
            surprise = np.log(sums[:, 0]) - scores[rows, truth]
            error = powers / sums
            error[rows, truth] -= 1
            error *= weights
            gradient = np.concatenate(
                [
                    (dense.T @ error + of_dense).ravel(),
                    (sparse_turned @ error + of_sparse).ravel(),
                    error.sum(axis=0),
                ]
            )
            penalty = 0.5 * float(flat[:-count] @ flat[:-count])
            return float(weights[:, 0] @ surprise) + penalty, gradient.astype(np.float64)

        start = np.zeros(cut + shapes[1][0] * count + count)
        found = minimize(
            loss, start, jac=True, method="L-BFGS-B", options={"maxiter": max_iter, "maxcor": 8}
        )
        return cls(names, *parts(found.x))

    def scores(self, dense: Floats, sparse: csr_matrix) -> Floats:
        """``(rows, labels)``, before ``softmax``."""
        result: Floats = dense @ self._dense + sparse @ self._sparse + self._intercepts
        return result

    def dense_part(self) -> tuple[Floats, Floats]:
        """Weights of the dense block, and intercepts."""
        return self._dense, self._intercepts

    def save(self, directory: Path) -> None:
        """Plain arrays and JSON: loading a model executes nothing, unlike a pickle."""
        np.savez(
            directory / _WEIGHTS_FILE,
            dense=self._dense,
            sparse=self._sparse,
            intercepts=self._intercepts,
        )
        (directory / _LABELS_FILE).write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> LinearModel:
        """What ``save`` wrote. Raises ``OSError`` when a file is missing."""
        labels = json.loads((directory / _LABELS_FILE).read_text(encoding="utf-8"))
        with np.load(directory / _WEIGHTS_FILE, allow_pickle=False) as weights:
            return cls(labels, weights["dense"], weights["sparse"], weights["intercepts"])
