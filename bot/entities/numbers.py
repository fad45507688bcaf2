"""Telephone numbers and references, in figures and dictated."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from bot.entities.words import NUMBER_WORDS, Span, fold, number_of

REGION = "FR"
REFERENCE_DIGITS = 9
_FIGURES = re.compile(r"(?<![\d+])\d(?:[ .\-/]{0,3}\d){8}(?![ .\-/]?\d)")
# What somebody takes for a reference: of another service, or with a digit lost or doubled.
_UNCHECKED = re.compile(
    r"(?<![\w+])(?:[a-z]{1,3}-\d{4,9}|\d{3}[ .-]\d{3}[ .-]\d{2,4}|\d{8,10})(?![\w-])"
)
# "zéro six trente-neuf quatre-vingt-dix-huit…": runs of number words with nothing between.
_SPOKEN_WORD = rf"(?:zero|{NUMBER_WORDS}|\d{{1,3}})"
_SPOKEN = re.compile(rf"(?<![\w-]){_SPOKEN_WORD}(?:[ ,.-]+{_SPOKEN_WORD}){{2,}}(?![\w-])")
_TENS_OPEN = re.compile(r"(?:vingts?|trente|quarante|cinquante|soixante|cents?)$")

# Verhoeff's dihedral group, the check of agent_console/references.py. Two Pythons, one rule.
_D = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_P = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def checks(digits: str) -> bool:
    """Whether nine digits end in their Verhoeff check digit (9 first: a pickup)."""
    if len(digits) != REFERENCE_DIGITS:
        return False
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_D[check][int(_P[place % 8][int(digit)])])
    return check == 0


def find_references(text: str) -> list[Span]:
    """Nine digits that check, however they are parted or dictated."""
    folded = fold(text)
    found = [
        Span("reference", match.start(), match.end(), _reference(digits))
        for match in _FIGURES.finditer(folded)
        if checks(digits := re.sub(r"\D", "", match[0]))
    ]
    for start, end, readings in _spoken(folded):
        good = [digits for digits in readings if checks(digits)]
        if good and not any(span.start < end and start < span.end for span in found):
            found.append(Span("reference", start, end, _reference(good[0])))
    return found


def find_doubtful_references(text: str) -> list[Span]:
    """What looks like a reference and does not check: tagged, without a normalised value."""
    return [
        Span("reference", match.start(), match.end()) for match in _UNCHECKED.finditer(fold(text))
    ]


def find_phones(text: str) -> list[Span]:
    """Valid numbers, French unless they say otherwise, as ``{"e164": "+33639980001"}``."""
    found = []
    for match in phonenumbers.PhoneNumberMatcher(
        text, REGION, leniency=phonenumbers.Leniency.POSSIBLE
    ):
        national = str(match.number.national_number)
        if match.number.country_code == 33 and len(national) != 9:
            continue
        if checks(re.sub(r"\D", "", match.raw_string)):
            continue
        if re.sub(r"[^\d+]", "", match.raw_string).startswith(("0", "+")):
            found.append(Span("phone", match.start, match.end, {"e164": _e164(match.number)}))
    for start, end, readings in _spoken(fold(text)):
        ten = [digits for digits in readings if re.fullmatch(r"0[1-9]\d{8}", digits)]
        if ten and not any(span.start < end and start < span.end for span in found):
            number = phonenumbers.parse(ten[0], REGION)
            found.append(Span("phone", start, end, {"e164": _e164(number)}))
    return found


def find_said_digits(text: str, *, fewest: int, most: int) -> str | None:
    """The one run of so many digits in ``text``, parted, pasted or dictated; None when there is
    none or more than one."""
    folded = fold(text)
    found = [re.sub(r"\D", "", run) for run in re.findall(r"\d(?:[ .-]?\d)*", folded)]
    good = [digits for digits in found if fewest <= len(digits) <= most]
    if not good:
        for _, _, readings in _spoken(folded):
            fitting = [digits for digits in readings if fewest <= len(digits) <= most]
            good += sorted(fitting, key=len)[-1:]
    return good[0] if len(good) == 1 else None


def normalise_phone(text: str) -> dict[str, str] | None:
    """A tagged number in E.164, None when it can't be one."""
    spans = find_phones(text)
    if spans and spans[0].normalised:
        return dict(spans[0].normalised)
    return None


def normalise_reference(text: str) -> dict[str, str] | None:
    """The nine digits of a tagged reference, None when they don't check."""
    spans = find_references(text)
    if spans and spans[0].normalised:
        return dict(spans[0].normalised)
    return None


def _reference(digits: str) -> dict[str, str]:
    return {"digits": digits, "kind": "pickup" if digits.startswith("9") else "report"}


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _spoken(folded: str) -> Iterator[tuple[int, int, list[str]]]:
    """Places of dictated runs and the digits that they can mean."""
    for match in _SPOKEN.finditer(folded):
        words = [word for word in re.split(r"[ ,.-]+", match[0]) if word]
        if any(not word.isdecimal() for word in words):
            yield match.start(), match.end(), _readings(words)


def _readings(words: list[str]) -> list[str]:
    """Ways to read number words as digits: in the largest groups, then in pairs, then singly."""
    readings = []
    for limit in (999, 99, 9):
        digits, at = "", 0
        while at < len(words):
            used, value = _group(words, at, limit)
            if not used:
                break
            digits += value
            at += used
        if at == len(words) and digits not in readings:
            readings.append(digits)
    return readings


def _group(words: list[str], at: int, limit: int) -> tuple[int, str]:
    if words[at] == "zero":
        return 1, "0"
    if words[at].isdecimal():
        return 1, words[at]
    for length in range(min(6, len(words) - at), 0, -1):
        group = words[at : at + length]
        if group[-1] == "et" or "zero" in group or any(word.isdecimal() for word in group):
            continue
        number = number_of(" ".join(group))
        if number is not None and number <= limit:
            return length, str(number)
    return 0, ""
