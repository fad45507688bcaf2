"""What a pattern finds: plates, telephone numbers, e-mail addresses, bank accounts.

Plates: the national series since 2009 (two letters, three digits, two letters; never I, O or U) and
the departmental one before it (arrêté du 9 février 2009 fixant les modalités d'immatriculation).
"""

import re
from collections.abc import Iterator

from .numbers import ONE, SAID
from .spans import Kind, Span
from .words import words

_EMAIL = re.compile(r"\b[\w.+%-]{1,64}@[\w-]{2,63}(?:[.,][\w-]{1,63}){0,5}\b")
# As it is dictated, or written so that no program reads it: "rey arobase exemple point com".
_POINT = r"(?:[.]| point | dot | ?\[dot\] ?| ?\(dot\) ?)"
_EMAIL_SAID = re.compile(
    r"\b[\w.+%-]{1,64}(?: (?:point|tiret|tiret du bas|underscore) [\w.+%-]{1,64}){0,4}"
    r"(?: ?@ ?| ?arobase? ?| ?\(at\) ?| ?\[at\] ?)"
    rf"[\w-]{{1,63}}(?:{_POINT}[\w-]{{1,63}}){{1,4}}\b",
    re.I,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){3,7}(?:[ .-]?[A-Z0-9]{1,3})?\b", re.I)
# French accounts in any grouping, with or without the country's key in front.
_RIB = re.compile(
    r"\b(?:F ?R ?\d ?\d[ .-]?)?(?:\d[ .-]?){10}(?:[A-Z0-9][ .-]?){11}\d[ .-]?\d(?![^\W_])", re.I
)
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00[ .]?)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .\-/]?\d{2}){4}(?!\d)"
)
# Ten digits in any grouping; no date, no reference of three times three.
_PHONE_LOOSE = re.compile(
    r"(?<![\d+])(?!\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d)(?!\d{3}[ -]\d{3}[ -]\d{3}(?!\d))"
    r"\(?(?:33[ .]?|0[ .,/-]{0,3})[1-9]\)?(?:[ .,/-]{0,3}\d){8}(?!\d)"
)
_PHONE_ABROAD = re.compile(r"(?<![\d+])(?:\+|00[ .]?)[1-9]\d{0,2}(?:[ .\-/()]{0,3}\d){7,12}(?!\d)")
_PHONE_SAID = re.compile(
    rf"(?<!\w)(?:z[ée]ro|0\d?)(?:[ ,.-]{{1,2}}(?:et[ -])?(?:{ONE}(?!\w)|\d{{1,2}}(?!\w))){{4,18}}",
    re.I,
)
_L = "[A-HJ-NP-TV-Z]"
_PLATE_JOINED = re.compile(rf"(?<![\w-]){_L}{{2}}([-–._/]?)\d{{3}}\1{_L}{{2}}(?![\w-])", re.I)
_PLATE_SPACED = re.compile(rf"(?<![\w-]){_L}{{2}} ?[-–]? ?\d{{3}} ?[-–]? ?{_L}{{2}}(?![\w-])", re.I)
_DEPARTMENT = r"(?:0?[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])"
_PLATE_OLD = re.compile(rf"(?<![\w-])\d{{1,4}}[ -]?([A-HJ-NP-Z]{{2,3}})[ -]?{_DEPARTMENT}(?![\w-])")
# "LE 123 AV" and "12 BD 13" are ends of addresses, not plates.
_ADDRESS_WORDS = words(
    """
    AV BD PL CH RT RTE RUE BIS TER LOT BAT APT ZAC ZI CM MM KG LE LA LES DE DES CE ET EN NE SE TE
    VERS SUR
    """
)
# Small words, and short ones of text messages.
_LOWER_WORDS = words("AS AN DS ES HS JE MA ME MN NB NS PB PC PR PS RD RN SA SS ST STE TA TT TS VS")
_CALLED_PLATE = re.compile(
    r"(?:plaque|immatricul\w*|immat)(?:\W{1,3}(?:c|est|de))*\W{1,4}(?:est |: ?)?$", re.I
)
_PLATE_SAID = re.compile(
    rf"(?<![\w-])(?:{_L} ?{_L} (?:{SAID}) {_L} ?{_L}|{_L} {_L} \d \d \d {_L} {_L})(?![\w-])", re.I
)


_CONTACTS = (
    (Kind.EMAIL, _EMAIL_SAID),
    (Kind.EMAIL, _EMAIL),
    (Kind.IBAN, _RIB),
    (Kind.IBAN, _IBAN),
    (Kind.PHONE, _PHONE),
    (Kind.PHONE, _PHONE_LOOSE),
    (Kind.PHONE, _PHONE_ABROAD),
    (Kind.PHONE, _PHONE_SAID),
)


def found_by_rules(text: str) -> tuple[Span, ...]:
    """Every span that a pattern finds; they may overlap."""
    spans = [
        Span(*match.span(), kind) for kind, pattern in _CONTACTS for match in pattern.finditer(text)
    ]
    return (*spans, *_plates(text))


def _plates(text: str) -> Iterator[Span]:
    for match in _PLATE_JOINED.finditer(text):
        yield Span(*match.span(), Kind.PLATE)
    for match in _PLATE_SPACED.finditer(text):
        letters = set(re.findall(r"[A-Z]+", match.group().upper()))
        is_called = _CALLED_PLATE.search(text[: match.start()])
        small = _ADDRESS_WORDS if match.group().isupper() else _ADDRESS_WORDS | _LOWER_WORDS
        if is_called or not letters & small:
            yield Span(*match.span(), Kind.PLATE)
    for match in _PLATE_SAID.finditer(text):
        if _CALLED_PLATE.search(text[: match.start()]):
            yield Span(*match.span(), Kind.PLATE)
    for match in _PLATE_OLD.finditer(text):
        if match.group(1) not in _ADDRESS_WORDS:
            yield Span(*match.span(), Kind.PLATE)
