"""How a code is said on the phone, with the French telephone alphabet."""

from __future__ import annotations

_SAID = {
    "0": "zéro",
    "1": "un",
    "2": "deux",
    "3": "trois",
    "4": "quatre",
    "5": "cinq",
    "6": "six",
    "7": "sept",
    "8": "huit",
    "9": "neuf",
    "F": "F comme François",
    "H": "H comme Henri",
    "K": "K comme Kléber",
    "M": "M comme Marcel",
    "R": "R comme Raoul",
    "X": "X comme Xavier",
    "Y": "Y comme Yvonne",
    "Z": "Z comme Zoé",
}
_GROUP = 3


def spelled(code: str) -> list[str]:
    """One line for each group of three symbols."""
    groups = [code[start : start + _GROUP] for start in range(0, len(code), _GROUP)]
    return [", ".join(_SAID[symbol] for symbol in group) for group in groups]
