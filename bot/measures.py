"""Rates, intervals, F1, calibration, and the confusion matrix as a picture."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape

Pairs = Counter[tuple[str, str]]
_BINS = 10
_CELL = 22
_MARGIN = 150


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float] | None:
    """Wilson's interval of a rate (95 % by default), None without lines."""
    if not whole:
        return None
    rate, square = part / whole, z * z
    centre = (rate + square / (2 * whole)) / (1 + square / whole)
    half = z * math.sqrt(rate * (1 - rate) / whole + square / (4 * whole * whole))
    half /= 1 + square / whole
    return round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4)


def f1(right: int, found: int, wanted: int) -> float:
    """Harmonic mean of precision and recall; 1 when there was nothing to find."""
    return 2 * right / (found + wanted) if found + wanted else 1.0


def macro_f1(pairs: Pairs) -> float:
    """Mean over the true labels of F1; ``pairs`` counts (true, predicted)."""
    labels = sorted({true for true, _ in pairs})
    scores = [
        f1(
            pairs[label, label],
            sum(n for (_, said), n in pairs.items() if said == label),
            sum(n for (true, _), n in pairs.items() if true == label),
        )
        for label in labels
    ]
    return sum(scores) / len(scores) if scores else 0.0


def calibration_error(confidences: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error in ten equal bins of confidence: 0 is perfect."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in confidences:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, right))
    gaps = [
        abs(sum(confidence for confidence, _ in each) - sum(right for _, right in each))
        for each in bins
    ]
    return sum(gaps) / len(confidences) if confidences else 0.0


def confusion_svg(pairs: Pairs) -> str:
    """A picture: one row for each true label, one column for each predicted one.

    A cell's darkness is its share of the row; its number is the count. Colours pass on white and
    the numbers carry everything that the colours do.
    """
    labels = sorted({label for pair in pairs for label in pair})
    size = _MARGIN + _CELL * len(labels) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'font-family="sans-serif" font-size="10">',
        "<title>Rows: what was meant. Columns: what was understood.</title>",
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
    ]
    for at, label in enumerate(labels):
        place = _MARGIN + at * _CELL
        middle = place + _CELL // 2 + 3
        name = escape(label)
        parts.append(
            f'<text x="{_MARGIN - 6}" y="{middle}" text-anchor="end">{name}</text>'
            f'<text transform="translate({middle},{_MARGIN - 6}) rotate(-60)">{name}</text>'
        )
    for row, true in enumerate(labels):
        total = sum(pairs[true, said] for said in labels)
        for column, said in enumerate(labels):
            if number := pairs[true, said]:
                parts.append(_cell(row, column, number, number / total, true == said))
    return "\n".join([*parts, "</svg>", ""])


def _cell(row: int, column: int, number: int, share: float, right: bool) -> str:
    x, y = _MARGIN + column * _CELL, _MARGIN + row * _CELL
    colour, ink = ("#1b5e20" if right else "#b71c1c"), ("#fff" if share > 0.5 else "#000")
    return (
        f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}" '
        f'fill-opacity="{0.1 + 0.9 * share:.2f}"/>'
        f'<text x="{x + _CELL // 2}" y="{y + _CELL // 2 + 3}" text-anchor="middle" '
        f'fill="{ink}">{number}</text>'
    )
