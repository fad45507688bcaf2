"""Only new lines are encoded again, and what comes out is the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.components.kept_rows import KeptRows, Rows

LINES = [f"il y a {number} trous" for number in range(70)]


class Lengths:
    """An encoder that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Rows:
        self.asked.append(list(texts))
        return np.array([[len(text), sum(map(ord, text))] for text in texts], np.float32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "encoder-1.npz"


def test_only_new_lines_are_encoded(file: Path) -> None:
    KeptRows(Lengths(), file).encode(LINES)
    encoder = Lengths()
    changed = [*LINES[:-1], "un arbre est tombé", LINES[0]]
    rows = KeptRows(encoder, file).encode(changed)
    assert encoder.asked == [["un arbre est tombé"]]
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, Lengths().encode(changed))


def test_lines_that_are_gone_are_not_kept(file: Path) -> None:
    KeptRows(Lengths(), file).encode([*LINES, "plus là"])
    KeptRows(Lengths(), file).encode([*LINES, "nouvelle"])
    encoder = Lengths()
    KeptRows(encoder, file).encode([*LINES, "plus là"])
    assert encoder.asked == [["plus là"]]


def test_rows_of_another_encoder_go(file: Path) -> None:
    other = file.with_name("encoder-0.npz")
    KeptRows(Lengths(), other).encode(LINES)
    encoder = Lengths()
    KeptRows(encoder, file).encode(LINES)
    assert encoder.asked == [LINES]
    assert not other.exists()


def test_a_message_is_encoded_without_the_file(file: Path) -> None:
    encoder = Lengths()
    KeptRows(encoder, file).encode(LINES[:2])
    assert encoder.asked == [LINES[:2]]
    assert not file.exists()


def test_a_write_that_ends_early_leaves_the_rows_before(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeptRows(Lengths(), file).encode(LINES)
    before = file.read_bytes()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", killed)
    with pytest.raises(KeyboardInterrupt):
        KeptRows(Lengths(), file).encode([*LINES, "nouvelle"])
    assert file.read_bytes() == before
