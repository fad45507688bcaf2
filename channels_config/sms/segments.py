"""How many SMS a text takes: 3GPP TS 23.038 (alphabets) and TS 23.040 (parts).

GSM-7 holds é è à ù ì ò Ç and €, but none of ç ê â î ô û ë ï œ « » ’ °: one such sign makes the
whole text UCS-2, whose parts hold less than half as much.  The alphabet is the library
``gsm0338``'s; a sign of its extension table (€ [ ] { } \\ ^ ~ |) takes two places, and neither it
nor a surrogate pair may be cut in two between parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import gsm0338

_CODEC = gsm0338.Codec()
Encoding = Literal["GSM-7", "UCS-2"]
# encoding → places in a text that is one SMS, places in each part of a longer one
_PLACES: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True)
class Segments:
    """``units``: places taken, septets or UTF-16 units."""

    encoding: Encoding
    units: int
    count: int


def segments(text: str) -> Segments:
    """How ``text`` is sent; an empty one is one SMS."""
    encoding: Encoding = "GSM-7" if all(map(_in_gsm7, text)) else "UCS-2"
    widths = [_width(sign, encoding) for sign in text]
    alone, part = _PLACES[encoding]
    units = sum(widths)
    return Segments(encoding, units, 1 if units <= alone else _parts(widths, part))


def _parts(widths: Iterable[int], places: int) -> int:
    count, left = 1, places
    for width in widths:
        if width > left:
            count, left = count + 1, places
        left -= width
    return count


def _in_gsm7(sign: str) -> bool:
    try:
        _CODEC.encode(sign)
    except UnicodeEncodeError:
        return False
    return True


def _width(sign: str, encoding: Encoding) -> int:
    if encoding == "UCS-2":
        return len(sign.encode("utf-16-be")) // 2
    return len(_CODEC.encode(sign)[0])
