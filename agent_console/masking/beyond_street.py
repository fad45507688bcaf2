"""What an address says beyond its street: house number, floor, door, code.

For what leaves the case: a crew needs the number, a list of sentences does not.
"""

import re
from collections.abc import Iterator

from .numbers import EXTRA, ORDINAL, SAID
from .spans import Kind, Span

_STREET = (
    r"(?:rue|r\.|avenue|av|bd|bld|bvd|boulevard|chemin|ch\.|impasse|all[ée]es?|place|pl|cours"
    r"|traverse|mont[ée]e|quai|square|route|rte|vallon|corniche|promenade|passage|ruelle|sentier)"
    r"(?![^\W_])"
)
_HOUSE = rf"\d{{1,4}}{EXTRA}"
_SIDE = r"(?:gauche|droite|face)"
_DOOR = rf"(?:{_SIDE}(?![^\W_])|[a-z]?\d{{1,5}}[a-z]?\d{{0,4}}(?![^\W_])[#*]?)"
_LETTER = r"[b-hj-xz]\b(?!['’])|(?-i:A)\b(?!['’])"
_PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        # before the street: "12 bis, rue…", "5-7 rue…", "au vingt-sept boulevard…"
        rf"(?<![\w.,/-])((?:n[°o]? ?)?{_HOUSE}(?:[ ]?[-/][ ]?{_HOUSE})?)[ ]?,?[ ]?(?={_STREET})",
        rf"(?:^|\b(?:au|le|num[ée]ro|habite)[ ])({SAID})[ ](?={_STREET})",
        rf"\bentre le ({_HOUSE})[ ]et[ ]le[ ]{_HOUSE}[ ]{_STREET}",
        # behind it: "rue paradis 312", "rue sainte au 19", "au numéro 12"
        rf"\b{_STREET}(?:[ ][^\W\d_]+){{1,5}}[ ](?:num[ée]ro[ ]|(?=n°))((?:n°[ ]?)?{_HOUSE})",
        rf"\b{_STREET}(?:[ ][^\W\d_]+){{1,5}}[ ](?:au[ ])?({_HOUSE})"
        rf"(?=[ ]*(?:$|,|{ORDINAL}[ ](?:[ée]tage|{_SIDE})))",
        rf"\bau (?:num[ée]ro|n°)[ ]?({_HOUSE})",
        # floors
        rf"\b({ORDINAL}[ ](?:[ée]tage[ ])?{_SIDE})(?![^\W_])",
        rf"\b({ORDINAL})[ ](?:[ée]tage|porte|couloir)(?![^\W_])",
        rf"\b[ée]tage[ ]({_HOUSE})(?!\w)",
        r"\b(rdc|rez[ -]de[ -]chauss[ée]e)\b",
        rf"\b(?:du|au)[ ](\d{{1,2}}(?:e|[eè]me))(?=[ ]qui\b|[ ]{_SIDE})",
        # doors and codes
        rf"\b(?:porte|app?t?|appartement|villa|chambre|logement|studio|lot|bip|digicode|parking"
        rf"|bo[iî]te aux lettres|interphone)[ ]?:?[ ]?(?:n°[ ]?)?({_DOOR})",
        rf"\b(?:b[aâ]t(?:iment)?|immeuble|bloc|esc(?:alier)?|entr[ée]e|hall)\.?[ ]"
        rf"({_DOOR}|{_LETTER})",
        rf"\bcode(?:[ ](?:porte|portail|entr[ée]e|d['’]entr[ée]e|est|c['’ ]est))*[ ]?:?[ ]"
        rf"({_DOOR}|[a-z\d](?:[ ][a-z\d]){{2,6}}(?!\w))",
    )
)


def found_beyond_street(text: str) -> tuple[Span, ...]:
    """Every span that says which door of a street is meant; they may overlap."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[Span]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Span(*match.span(1), Kind.DOOR)
