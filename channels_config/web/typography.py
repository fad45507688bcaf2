"""French typography of the assistant's texts, where the reader's screen has room for it.

The assistant writes with the plain apostrophe and plain spaces, which every channel can carry (a
typographic apostrophe would double the price of an SMS).  A page shows them as a printer would:
Imprimerie nationale, « Lexique des règles typographiques », signs and spaces.
"""

import re

_NARROW_NO_BREAK = "\u202f"
_NO_BREAK = "\u00a0"
_BEFORE_HIGH_SIGN = re.compile(r" (?=[;!?])")
_BEFORE_COLON = re.compile(r" (?=:(?:\s|$))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:points?|heures?|jours?|\d{2,3}\b)\b)")


def french(text: str) -> str:
    """``text`` with typographic apostrophes and spaces that do not break.

    >>> french("C'est bien cela ?")
    'C’est bien cela\\u202f?'
    """
    text = _APOSTROPHE.sub("’", text)
    text = _BEFORE_HIGH_SIGN.sub(_NARROW_NO_BREAK, text)
    text = _BEFORE_COLON.sub(_NO_BREAK, text)
    return _BEFORE_UNIT.sub(_NO_BREAK, text)
