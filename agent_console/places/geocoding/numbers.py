"""Numbers as people say them: "quatre-vingt-douze" is 92.

Both what is searched and what is searched in go through here, so "rue des Trois Mages" and "rue des
3 mages" are one street.  "un" and "une" alone stay words: they are articles more often than not.
"""

from collections.abc import Sequence

from ..vocabulary import vocabulary

_UNITS = dict(
    zip(
        vocabulary(
            "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
            "seize"
        ),
        range(1, 17),
        strict=True,
    )
) | {"une": 1}
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_HUNDRED = ("cent", "cents")
_ROMAN = {
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "xi": 11,
    "xii": 12,
    "xiii": 13,
    "xiv": 14,
    "xv": 15,
    "xvi": 16,
    "xvii": 17,
    "xviii": 18,
    "xxiii": 23,
}
_FIRST = ("premier", "premiere", "1er", "1ere")


def with_digits(words: Sequence[str]) -> list[str]:
    """``words`` (folded) with spoken and Roman numbers as digits.

    >>> with_digits("dix neuf mars dix neuf cent soixante deux".split())
    ['19', 'mars', '1962']
    """
    found: list[str] = []
    at = 0
    while at < len(words):
        value, used = _thousands(words, at)
        if used and not (used == 1 and words[at] in ("un", "une")):
            found.append(str(value))
            at += used
            continue
        word = words[at]
        found.append("1" if word in _FIRST else str(_ROMAN.get(word, word)))
        at += 1
    return found


def _thousands(words: Sequence[str], at: int) -> tuple[int, int]:
    """Value and number of words used; no words used: there is no number here."""
    value, used = (1, 0) if _is(words, at, ("mille",)) else _hundreds(words, at)
    if not _is(words, at + used, ("mille",)) or value > 9:
        return value, used
    rest, more = _hundreds(words, at + used + 1)
    return value * 1000 + rest, used + 1 + more


def _hundreds(words: Sequence[str], at: int) -> tuple[int, int]:
    value, used = (1, 0) if _is(words, at, _HUNDRED) else _below_hundred(words, at)
    # "dix neuf cent soixante deux" is a year, "vingt et un cents" is nothing.
    if not _is(words, at + used, _HUNDRED) or value > 19 or (used and value == 1):
        return value, used
    rest, more = _below_hundred(words, at + used + 1)
    return value * 100 + rest, used + 1 + more


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    if _is(words, at, ("quatre",)) and _is(words, at + 1, ("vingt", "vingts")):
        rest, more = _below_twenty(words, at + 2)
        return 80 + rest, 2 + more
    if at < len(words) and (ten := _TENS.get(words[at])):
        joined = 1 if _is(words, at + 1, ("et",)) else 0
        rest, more = _below_twenty(words, at + 1 + joined)
        if joined and rest not in (1, 11):
            return ten, 1
        if rest > (19 if ten == 60 else 9) or not more:
            return ten, 1
        return ten + rest, 1 + joined + more
    return _below_twenty(words, at)


def _below_twenty(words: Sequence[str], at: int) -> tuple[int, int]:
    if at >= len(words):
        return 0, 0
    if words[at] == "dix" and at + 1 < len(words) and words[at + 1] in ("sept", "huit", "neuf"):
        return 10 + _UNITS[words[at + 1]], 2
    value = _UNITS.get(words[at], 0)
    return value, 1 if value else 0


def _is(words: Sequence[str], at: int, wanted: Sequence[str]) -> bool:
    return at < len(words) and words[at] in wanted
