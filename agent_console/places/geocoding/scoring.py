"""How well a street fits what was said, 0 to 1; pure functions."""

from functools import lru_cache

from .parsing import Reading
from .sounds import distance, sound
from .words import StreetWords, weight

# Below these nothing is found: a wrong address is worse than none.
ACCEPTED = 0.72
ACCEPTED_WITHOUT_KIND = 0.86
_RECALL_SHARE = 0.62
_LAST_WORD = 1.7
_OTHER_WORD = 0.8
_LOOSE_WORD = 0.45
# Another kind of street than was said: a slip when the name is right, else a sign of chance.
_OTHER_KIND = 0.93
_SURE = 0.9
_OTHER_KIND_UNSURE = 0.2
_ALIKE = 0.6


def score(reading: Reading, street: StreetWords) -> float:
    """``reading`` against a street of the base."""
    said, core = reading.street.core, street.core
    if not said or not core:
        return 0.0
    found = max(_by_words(said, core, bool(reading.street.kind)), _joined(said, core))
    if reading.street.kind and street.kind and reading.street.kind != street.kind:
        found = found * _OTHER_KIND if found >= _SURE else found - _OTHER_KIND_UNSURE
    elif bool(reading.street.kind) != bool(street.kind):
        found *= 0.98
    return found


def accepted(reading: Reading, value: float) -> bool:
    """Whether a score is enough to answer with."""
    known = reading.street.kind or reading.number is not None
    return value >= (ACCEPTED if known else ACCEPTED_WITHOUT_KIND)


def _by_words(said: tuple[str, ...], core: tuple[str, ...], has_kind: bool) -> float:
    """Words matched one to one, the name's last word counting most ("Jaurès" of "Jean Jaurès")."""
    free = set(range(len(said)))
    pairs: dict[int, tuple[int, float]] = {}
    options = sorted(
        (
            (alike(word, said[at]), -at, place)
            for place, word in enumerate(core)
            for at in range(len(said))
        ),
        reverse=True,
    )
    for value, negative, place in options:
        if value < _ALIKE:
            break
        if place not in pairs and -negative in free:
            pairs[place] = (-negative, value)
            free.discard(-negative)
    if not pairs:
        return 0.0
    got = total = 0.0
    for place, word in enumerate(core):
        factor = _LAST_WORD if place == len(core) - 1 else _OTHER_WORD
        worth = weight(word) * (factor if len(core) > 1 else 1.0)
        total += worth
        got += worth * (pairs[place][1] if place in pairs else 0.0)
    recall = got / total
    matched = [at for at, _ in pairs.values()]
    first, last = min(matched), max(matched)
    told = used = 0.0
    values = dict(pairs.values())
    for at, word in enumerate(said):
        if at in values:
            used += weight(word) * values[at]
            told += weight(word)
        else:
            # What stands behind may be a landmark or a quarter; before, only if no kind of street
            # opens the name.
            loose = at > last or (at < first and not has_kind)
            told += weight(word) * (_LOOSE_WORD if loose else 1.0)
    precision = used / told
    result = _RECALL_SHARE * recall + (1 - _RECALL_SHARE) * precision
    last_place = len(core) - 1
    if precision > 0.99 and last_place in pairs and pairs[last_place][1] > 0.9:
        result = max(result, 0.74)  # all that was said is the name's last word
    return result


def _joined(said: tuple[str, ...], core: tuple[str, ...]) -> float:
    """Words run together or apart: "belle vue" and "Bellevue", "lestaque" and "L’Estaque"."""
    left, right = "".join(said), "".join(core)
    longer = max(len(left), len(right))
    if longer < 5 or left.isdigit():
        return 0.0
    most = min(3, longer // 5)
    edits = distance(left, right, most)
    return 0.99 - 0.9 * edits / longer if edits <= most else 0.0


@lru_cache(maxsize=65536)
def alike(word: str, said: str) -> float:
    """How alike two words are, 0 to 1; numbers are the same or not."""
    if word == said:
        return 1.0
    if word.isdigit() or said.isdigit():
        return 0.0
    if len(said) == 1 or len(word) == 1:
        return 0.65 if word[0] == said[0] and len(word) != len(said) else 0.0
    longer = max(len(word), len(said))
    key, said_key = sound(word), sound(said)
    if key == said_key:
        return 0.95
    if len(said) >= 3 and word.startswith(said):
        return 0.85
    most = 0 if longer < 4 else 1 if longer < 6 else 2 if longer < 9 else 3
    edits = distance(word, said, most)
    best = 1 - 0.9 * edits / longer if edits <= most else 0.0
    if longer >= 6 and min(len(key), len(said_key)) >= 4 and distance(key, said_key, 1) <= 1:
        best = max(best, 0.82)
    return best
