"""What a picture looks like, in 64 bits: equal pictures differ in few of them.

The bits say which of the 64 lowest frequencies of the picture (a discrete cosine transform of 32 by
32 grey points) are above their median: the "pHash" of Zauner's thesis, "Implementation and
Benchmarking of Perceptual Image Hash Functions" (2010).  It withstands recompression, resizing and
small changes of brightness; not cropping, turning or mirroring.
"""

import math
import statistics

from PIL import Image

BITS = 64
_SIDE = 32
_FREQUENCIES = 16
# Standard deviation of 256 levels of grey: below it there is a lens cap, a wall or the night, and
# all of those look alike.
_CONTRAST_MIN = 5.0
_COSINES = [
    [math.cos(math.pi * (2 * point + 1) * wave / (2 * _SIDE)) for point in range(_SIDE)]
    for wave in range(_FREQUENCIES)
]
# From coarse to fine; the first is the mean brightness and says nothing of the picture.
_ORDER = sorted(
    ((row, column) for row in range(_FREQUENCIES) for column in range(_FREQUENCIES)),
    key=lambda place: (sum(place), place),
)[1 : BITS + 1]


def look_of(picture: Image.Image) -> int | None:
    """The 64 bits of a picture, as an unsigned number; ``None`` when nothing stands out in it."""
    grey = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    points = grey.tobytes()
    if statistics.pstdev(points) < _CONTRAST_MIN:
        return None
    rows = [points[start : start + _SIDE] for start in range(0, len(points), _SIDE)]
    # One direction after the other: 16 times 32 sums, then the 64 that are wanted.
    across = [[_sum(row, cosines) for row in rows] for cosines in _COSINES]
    levels = [_sum(across[column], _COSINES[row]) for row, column in _ORDER]
    middle = statistics.median(levels)
    bits = 0
    for level in levels:
        bits = bits << 1 | (level > middle)
    return bits


def distance(first: int, second: int) -> int:
    """In how many bits two looks differ."""
    return (first ^ second).bit_count()


def _sum(values: bytes | list[float], cosines: list[float]) -> float:
    return math.fsum(value * cosine for value, cosine in zip(values, cosines, strict=True))
