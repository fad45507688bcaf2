"""Comparing what people type whatever their capitals, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """``text`` in lower case without accents, other signs as single spaces.

    >>> folded("  Arrêt !  ")
    'arret'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _NOT_WORDS.sub(" ", plain).strip()
