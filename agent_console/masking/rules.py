"""What a pattern finds: plates, telephone numbers, e-mail addresses, bank accounts.

Plates: the national series since 2009 (two letters, three digits, two letters; never I, O or U) and
the departmental one before it (arrêté du 9 février 2009 fixant les modalités d'immatriculation).
"""

import re
from collections.abc import Iterator

from .spans import Kind, Span
from .words import words

_EMAIL = re.compile(r"\b[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){3,7}(?:[ .-]?[A-Z0-9]{1,3})?\b", re.I)
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00[ .]?)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .\-/]?\d{2}){4}(?!\d)"
)
_L = "[A-HJ-NP-TV-Z]"
_PLATE_JOINED = re.compile(rf"(?<![\w-]){_L}{{2}}([-–.]?)\d{{3}}\1{_L}{{2}}(?![\w-])", re.I)
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
_CALLED_PLATE = re.compile(r"(?:plaque|immatricul\w*|immat)\W{1,4}(?:est |: ?)?$", re.I)


def found_by_rules(text: str) -> tuple[Span, ...]:
    """Every span that a pattern finds; they may overlap."""
    spans = [
        Span(*match.span(), kind)
        for kind, pattern in ((Kind.EMAIL, _EMAIL), (Kind.IBAN, _IBAN), (Kind.PHONE, _PHONE))
        for match in pattern.finditer(text)
    ]
    return (*spans, *_plates(text))


def _plates(text: str) -> Iterator[Span]:
    for match in _PLATE_JOINED.finditer(text):
        yield Span(*match.span(), Kind.PLATE)
    for match in _PLATE_SPACED.finditer(text):
        letters = set(re.findall(r"[A-Z]+", match.group().upper()))
        is_called = _CALLED_PLATE.search(text[: match.start()])
        if is_called or (match.group().isupper() and not letters & _ADDRESS_WORDS):
            yield Span(*match.span(), Kind.PLATE)
    for match in _PLATE_OLD.finditer(text):
        if match.group(1) not in _ADDRESS_WORDS:
            yield Span(*match.span(), Kind.PLATE)
