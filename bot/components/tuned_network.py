"""The sentence encoder's network with weights moved towards our labels, and a layer naming them.

``bot.components.network_training`` moves them; here the package's own numpy code runs them, with
the same pieces of words. The layer on top reads the network's row and the text's n-grams.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.components.encoder import Rows, TappedNetwork, original_network

_WEIGHTS_FILE = "network.npz"
_LABELS_FILE = "network_labels.json"
# The package keeps the vectors of the pieces in so many blocks, each with a scale of its own.
BLOCKS = 17
# Windows of two, three and five pieces.
BRANCHES = 3
PLAIN = (
    *("proj_W", "proj_b", "ln_g_all", "ln_b_all", "ln_g", "ln_b", "cnn_W", "cnn_b"),
    *("d0", "d1", "d2", "d3", "p1", "p3"),
)
LISTED = ("w1", "b1", "w2", "b2")


def scaled(rows: Rows, mean: Rows, spread: Rows) -> Rows:
    """Each number in spreads from its mean, then each row of length one."""
    moved: Rows = (rows - mean) / spread
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    return moved


def piece_vectors(network: Any, pieces: npt.NDArray[np.int64]) -> Rows:
    """The encoder's own vectors of some pieces of words."""
    block = pieces % BLOCKS
    vectors: Rows = network.table[pieces].astype(np.float32)
    vectors *= network.scale[block, None]
    vectors += network.lo[block, None]
    return vectors


def weights_of(network: Any) -> dict[str, Rows]:
    """The network's arrays by name, without the vectors of pieces."""
    found = {name: getattr(network, name) for name in PLAIN}
    for name in LISTED:
        found |= {f"{name}_{order}": each for order, each in enumerate(getattr(network, name))}
    return found


class _Pieces:
    """The table of vectors with some of them replaced; indexed as the package indexes its own."""

    def __init__(self, network: Any, pieces: npt.NDArray[np.int64], vectors: Rows) -> None:
        self._original = network
        self._vectors = vectors
        self._place = np.full(len(network.table), -1, np.int32)
        self._place[pieces] = np.arange(len(pieces))

    def __getitem__(self, wanted: npt.NDArray[np.int64]) -> Rows:
        found = piece_vectors(self._original, wanted)
        place = self._place[wanted]
        found[place >= 0] = self._vectors[place[place >= 0]]
        return found


class TunedNetwork:
    """``scores`` of texts over ``labels``; empty without labels."""

    def __init__(
        self, labels: Sequence[str] = (), arrays: dict[str, npt.NDArray[Any]] | None = None
    ) -> None:
        """``arrays``: ``weights_of`` a network, ``pieces`` and their ``vectors``, the rows'
        ``mean`` and ``spread``, and the top layer: ``top`` of rows, ``grams`` of n-grams, and
        ``intercepts``."""
        self.labels = list(labels)
        self._arrays = arrays or {}
        if arrays:
            original = original_network()
            network = copy.copy(original)
            for name in PLAIN:
                setattr(network, name, arrays[name])
            for name in LISTED:
                setattr(network, name, [arrays[f"{name}_{i}"] for i in range(BRANCHES)])
            vectors = arrays["vectors"].astype(np.float32)
            network.table = _Pieces(original, arrays["pieces"], vectors)
            network.scale = np.ones(BLOCKS, np.float32)
            network.lo = np.zeros(BLOCKS, np.float32)
            self._network = TappedNetwork(network)
            self._grams = arrays["grams"].astype(np.float32)

    def scores(self, texts: Sequence[str], grams: csr_matrix) -> Rows:
        """``(texts, labels)``, before ``softmax``; ``grams``: a row of n-grams for each text."""
        rows = scaled(self._network.rows(texts), self._arrays["mean"], self._arrays["spread"])
        result: Rows = rows @ self._arrays["top"] + grams @ self._grams + self._arrays["intercepts"]
        return result

    def save(self, directory: Path) -> None:
        """Plain arrays and JSON: loading a model executes nothing, unlike a pickle."""
        np.savez(directory / _WEIGHTS_FILE, **self._arrays)
        (directory / _LABELS_FILE).write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> TunedNetwork:
        """What ``save`` wrote; an empty one when it wrote nothing."""
        if not (directory / _WEIGHTS_FILE).is_file():
            return cls()
        labels = json.loads((directory / _LABELS_FILE).read_text(encoding="utf-8"))
        with np.load(directory / _WEIGHTS_FILE, allow_pickle=False) as arrays:
            return cls(labels, {name: arrays[name] for name in arrays.files})
