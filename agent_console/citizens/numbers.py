"""A telephone number as people read it, whole or with its middle hidden."""

from __future__ import annotations

import phonenumbers

_FRANCE = 33
_END_SHOWN = 2
_DOT = "•"


def readable(number: str) -> str:
    """``06 12 34 56 78``, ``+32 470 12 34 56``; ``number`` is E.164."""
    parsed = phonenumbers.parse(number)
    kind = phonenumbers.PhoneNumberFormat
    is_french = parsed.country_code == _FRANCE
    return phonenumbers.format_number(parsed, kind.NATIONAL if is_french else kind.INTERNATIONAL)


def hidden(text: str) -> str:
    """``06 •• •• •• 78``: enough to tell two apart, not to call.

    Every letter and digit but the first group and the last two; also of what was typed by hand (a
    name, a number), whose first group stays only when a number starts with it.
    """
    shown = len(text) - _END_SHOWN
    start = text.find(" ") if text[:1] in "0+" and " " in text else 0
    return "".join(
        _DOT if start <= at < shown and sign.isalnum() else sign for at, sign in enumerate(text)
    )
