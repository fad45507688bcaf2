"""What a spoken or written address says: house number and street, in several readings.

"trou devant le 12 bis rue de la République en face du tabac" has number 12, suffix "bis", kind
"rue", core "republique".  Where a text can be read in two ways both readings are given; the streets
that exist decide.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..vocabulary import vocabulary
from .words import ARTICLES, StreetWords, expanded, is_rond_point, kind_of, split_kind

NUMBER_MAX = 9998  # 99999 stands for "no number" in the national base
_READINGS_MAX = 5
_LONGER_ENDS = 3
_LONGER_READINGS_MAX = 6  # each is looked up
_SUFFIXES = ("bis", "ter", "quater", "quinquies")
_NUMBER = re.compile(r"(?P<number>\d{1,4})(?P<suffix>bis|ter|quater|quinquies|[a-z])?$")
_NUMBER_WORDS = frozenset(vocabulary("numero n no num"))
_SAID_BEFORE = _NUMBER_WORDS | {"au", "le", "devant"}
# Words after which the text no longer speaks of the street's name.
_ENDING = frozenset(
    vocabulary(
        "devant face cote niveau pres angle coin derriere proche juste avant apres vers il y est "
        "qui ou pour depuis car mais je j on elle sont merci svp dans chez parce que c pas loin "
        "entre voila bonjour"
    )
)
# After these the text speaks of something else even right behind "la rue".
_VERBS = vocabulary("il y est qui je j on elle sont c car mais ou pas ce s se ne n etait")
_BETWEEN = frozenset(["angle", "et", "coin", "entre"])
_NOISE = _ENDING | frozenset(vocabulary("un une mon ma mes habite numero trou bonsoir au sur du"))
_NAMES_BY_KIND = ("corniche",)
_ADJECTIVES = ("ancien", "ancienne", "vieux", "vieille", "grand", "grande", "petit", "petite")


@dataclass(frozen=True)
class Reading:
    """One way to read a text; ``number`` is None when no house number is said."""

    street: StreetWords
    number: int | None = None
    suffix: str = ""


def readings(text: str) -> list[Reading]:
    """The readings of ``text`` (without the commune), the most likely first; may be empty."""
    words = expanded(text)
    found: list[Reading] = []
    starts = _starts(words)
    for at in starts:
        begin = _with_adjectives(words, at)
        end = next(_ends(words, at, starts))
        number, suffix = _number_before(words, begin)
        while end > at + 1 and words[end - 1] in ARTICLES and not words[end - 2].isdigit():
            end -= 1
        street = words[begin:end]
        if number is None:
            found += _number_behind(street)
        found += _name_before(words[:begin], street)
        found.append(Reading(split_kind(street), number, suffix))
    useful = [reading for reading in found if _says_something(reading.street)]
    if not useful and not starts:
        unkind = _without_kind(words)
        useful = [reading for reading in unkind if _says_something(reading.street)]
    return list(dict.fromkeys(useful))[:_READINGS_MAX]


def longer_readings(text: str) -> list[Reading]:
    """Readings with words in the name that mostly end it ("rue des Prés", "chemin du Mauvais Pas").

    Only a street that is written just so is meant by one of them.
    """
    words = expanded(text)
    found: list[Reading] = []
    starts = _starts(words)
    for at in starts:
        begin = _with_adjectives(words, at)
        number, suffix = _number_before(words, begin)
        for end in islice(_ends(words, at, starts), 1, 1 + _LONGER_ENDS):
            street = words[begin:end]
            if number is None:
                found += _number_behind(street)
            found.append(Reading(split_kind(street), number, suffix))
    useful = [reading for reading in found if _says_something(reading.street)]
    return list(dict.fromkeys(useful))[:_LONGER_READINGS_MAX]


def _starts(words: Sequence[str]) -> list[int]:
    """Where a kind of street stands that is not inside another street's name."""
    found: list[int] = []
    for at, word in enumerate(words):
        if not kind_of(word) and not is_rond_point(words, at):
            continue
        before = words[at - 1] if at else ""
        lettered = len(before) == 1 and at > 1 and words[at - 2].isdigit()
        if len(word) > 1 or at == 0 or before.isdigit() or before in _SUFFIXES or lettered:
            found.append(at)
    return found


def _with_adjectives(words: Sequence[str], at: int) -> int:
    while at and words[at - 1] in _ADJECTIVES:
        at -= 1
    return at


def _ends(words: Sequence[str], start: int, starts: Sequence[int]) -> Iterator[int]:
    """Where the street that begins at ``start`` may end, the likeliest first."""
    for at in range(start + 1, len(words)):
        if words[at] in _VERBS or (words[at] in _ENDING and at > start + 1):
            yield at
        if at in starts and (words[at - 1] in _BETWEEN or words[at - 1].isdigit()):
            yield at - 1
    yield len(words)


def _number_before(words: Sequence[str], at: int) -> tuple[int | None, str]:
    """The number that stands before the street: "12 bis,", "au 12 de la", "12-14"."""
    at -= 1
    while at >= 0 and words[at] in ARTICLES and words[at] != "a":
        at -= 1
    if at >= 1 and _is_suffix(words[at]):
        match = _NUMBER.match(words[at - 1])
        if match and not match["suffix"]:
            return int(match["number"]), words[at]
    if at >= 0 and words[at] == "un" and (at == 0 or words[at - 1] in _SAID_BEFORE):
        return 1, ""
    if at >= 0 and (match := _NUMBER.match(words[at])):
        # Of "12-14" the first; "le 8 mai 12 rue X" has no number right before 12.
        before = words[at - 1] if at else ""
        if before.isdigit() and len(before) <= 3 and int(before) < int(match["number"]):
            return int(before), ""
        return int(match["number"]), match["suffix"] or ""
    return None, ""


def _number_behind(street: Sequence[str]) -> list[Reading]:
    """Readings of "rue Paradis 12", "rue Paradis numéro douze bis"."""
    words = list(street)
    suffix = ""
    if len(words) > 3 and _is_suffix(words[-1]) and _is_number(words[-2]):
        suffix = words.pop()
    match = _NUMBER.match("1" if words[-1] == "un" else words[-1]) if len(words) > 2 else None
    if match is None:
        return []
    words.pop()
    while words and (words[-1] in _NUMBER_WORDS or words[-1] in ARTICLES):
        words.pop()
    return [Reading(split_kind(words), int(match["number"]), match["suffix"] or suffix)]


def _name_before(before: Sequence[str], street: Sequence[str]) -> list[Reading]:
    """The reading of "Paradis rue 12": behind the kind stands a number, or nothing."""
    words = list(street[1:])
    suffix = words.pop() if len(words) > 1 and _is_suffix(words[-1]) else ""
    match = _NUMBER.match(words.pop()) if words else None
    name = [word for word in before if word not in _NOISE and word not in ARTICLES]
    if words or not name or any(word.isdigit() for word in name) or (street[1:] and not match):
        return []
    number = int(match["number"]) if match else None
    suffix = (match["suffix"] or suffix) if match else ""
    return [Reading(split_kind([street[0], *name]), number, suffix)]


def _without_kind(words: Sequence[str]) -> list[Reading]:
    """ "12 canebière", "à côté du vieux port": every word that isn't noise."""
    number, suffix = None, ""
    rest: list[str] = []
    for at, word in enumerate(words):
        match = _NUMBER.match(word)
        said = at == 0 or words[at - 1] in _NUMBER_WORDS | {"au", "le", "a"}
        if match and number is None and said:
            number, suffix = int(match["number"]), match["suffix"] or ""
        elif word in _SUFFIXES and at and words[at - 1].isdigit():
            suffix = word
        elif word not in _NOISE:
            rest.append(word)
    if not rest:
        return []
    return [Reading(split_kind(rest), number, suffix)]


def _is_suffix(word: str) -> bool:
    return word in _SUFFIXES or (len(word) == 1 and word.isalpha())


def _is_number(word: str) -> bool:
    return word == "un" or word.isdigit()


def _says_something(street: StreetWords) -> bool:
    """Whether there is a name: "12 rue" has none, "la Corniche" is one."""
    if len(street.core) == 1 and kind_of(street.core[0]) and not street.kind:
        return street.core[0] in _NAMES_BY_KIND
    return any(len(word) > 1 or word.isdigit() for word in street.core)
