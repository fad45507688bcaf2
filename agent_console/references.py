"""References that survive the phone: nine digits in groups of three, the last a check digit.

Digits only, so that they can be said in any language and typed on a keypad.  The check digit is
Verhoeff's, which catches every single wrong digit and every swap of neighbours.
"""

import secrets

from stdnum import verhoeff
from stdnum.exceptions import ValidationError

_RANDOM_DIGITS = 8


def new_reference() -> str:
    """A random reference of nine digits; uniqueness is the database's business."""
    return checked("".join(secrets.choice("0123456789") for _ in range(_RANDOM_DIGITS)))


def checked(body: str) -> str:
    """Eight digits with their check digit."""
    return body + str(verhoeff.calc_check_digit(body))


def format_reference(reference: str) -> str:
    """``482177365`` → ``482-177-365``."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))


def parse_reference(text: str) -> str | None:
    """The nine digits in ``text``, whatever separates them; ``None`` when they don't check."""
    digits = "".join(char for char in text if char.isdecimal() and char.isascii())
    if len(digits) != _RANDOM_DIGITS + 1:
        return None
    try:
        return str(verhoeff.validate(digits))
    except ValidationError:
        return None
