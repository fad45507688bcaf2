"""How people write places: one spelling for comparing."""

import re
import unicodedata

_ARRONDISSEMENT = re.compile(
    r"\bmarseille\s*(?:dans\s+le\s+)?(?P<number>1[0-6]|[1-9])\s*(?:er|e|eme|ieme)?\b"
    r"|\b(?P<alone>1[0-6]|[1-9])\s*(?:er|e|eme|ieme)\s+(?:arrondissement|ardt|arrdt)\b"
)
_POSTCODE = re.compile(r"\b(?P<code>\d{2}\s?\d{3})\b")


def fold(text: str) -> str:
    """Lower case, no accents, single spaces, hyphens and apostrophes as spaces, ``st`` spelled out.

    >>> fold("Saint-Chamas"), fold("ST CHAMAS")
    ('saint chamas', 'saint chamas')
    """
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    words = re.sub(r"[^a-z0-9]+", " ", letters).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def postcode_in(text: str) -> str | None:
    """The first five-digit code in ``text``, without inner space."""
    match = _POSTCODE.search(text)
    return match["code"].replace(" ", "") if match else None


def arrondissement_in(folded: str) -> int | None:
    """The number of a Marseille arrondissement in a folded text (``marseille 6e`` → 6)."""
    match = _ARRONDISSEMENT.search(folded)
    return int(match["number"] or match["alone"]) if match else None
