"""Rows of training lines, kept beside the models: whoever adds ten lines has ten lines encoded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

_FEW = 64
Rows = npt.NDArray[np.float32]


class _Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> Rows:
        """One row each."""


class KeptRows:
    """An encoder that asks ``encoder`` only for texts that are not in the file ``path``.

    The file holds the rows of the last call and no others, so it is as large as the training data
    (100 MB), and appears by one rename: a training that is killed leaves the one before.  Those of
    other encoders in its folder go.
    """

    def __init__(self, encoder: _Encoder, path: Path) -> None:
        self._encoder = encoder
        self._path = path

    def encode(self, texts: Sequence[str]) -> Rows:
        """See ``Encoder``.  A turn's one sentence is not worth the reading of the file."""
        if len(texts) <= _FEW:
            return self._encoder.encode(texts)
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._known()
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            known |= dict(zip(new, self._encoder.encode(list(new.values())), strict=True))
            self._keep({key: known[key] for key in keys})
        return np.stack([known[key] for key in keys])

    def _known(self) -> dict[str, npt.NDArray[np.float32]]:
        if not self._path.is_file():
            return {}
        with np.load(self._path, allow_pickle=False) as kept:
            return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def _keep(self, rows: dict[str, npt.NDArray[np.float32]]) -> None:
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with part.open("wb") as file:
                np.savez(file, keys=np.array(list(rows)), rows=np.stack(list(rows.values())))
            part.replace(self._path)
            for other in self._path.parent.glob("encoder-*.npz"):
                if other != self._path:
                    other.unlink()
        finally:
            part.unlink(missing_ok=True)
