"""How a French word sounds, roughly, and how far two spellings are apart.

For people who write by ear and for speech recognition; a key here is never shown.
"""

import re
from functools import lru_cache

# In this order; each rule works on what the one before left.
_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"ph", "f"),
        (r"h", ""),
        (r"y", "i"),
        (r"qu|q|ck", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"eaux?|aux?(?![aeiou])", "o"),
        (r"oeu|eu", "e"),
        (r"ai(?!ll)|ei(?!ll)", "e"),
        (r"[ae]mm", "am"),
        (r"enn|ann", "an"),
        (r"e[nm](?=[^aeiou]|$)|a[nm](?=[^aeiou]|$)", "an"),
        (r"i[nm](?=[^aeiou]|$)", "in"),
        (r"o[nm](?=[^aeiou]|$)", "on"),
        (r"z", "s"),
        (r"ll|il(?=l)", "l"),
        (r"(.)\1+", r"\1"),
        (r"(?:e|es|s|t|ts|d|ds|ent|x|er|et|ee)$", ""),
    )
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The key of a folded word; digits stay as they are.

    >>> sound("phocéens".replace("é", "e")) == sound("foceen")
    True
    """
    if word.isdigit() or len(word) < 3:
        return word
    key = word
    for pattern, by in _RULES:
        key = pattern.sub(by, key)
    return key or word


@lru_cache(maxsize=65536)
def distance(left: str, right: str, most: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two words; ``most + 1`` if more.

    Optimal string alignment, cut off at ``most``.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(right, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
