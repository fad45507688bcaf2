"""References that survive the phone: nine digits in groups of three, the last a check digit.

Digits only, so that they can be said in any language and typed on a keypad.  The check digit is
Verhoeff's, which catches every single wrong digit and every swap of neighbours.

The first digit tells what a reference is of: 9 a bulky-waste pickup, anything else a report.  So
whoever hears one knows at once where to look, and no number can mean two things.
"""

import enum
import secrets

from stdnum import verhoeff
from stdnum.exceptions import ValidationError

_RANDOM_DIGITS = 8
_PICKUP_DIGIT = "9"
_REPORT_DIGITS = "012345678"


class Kind(enum.Enum):
    """What a reference is of."""

    REPORT = "report"
    PICKUP = "pickup"


def new_reference(kind: Kind = Kind.REPORT) -> str:
    """A random reference of nine digits; uniqueness is the database's business."""
    first = _PICKUP_DIGIT if kind is Kind.PICKUP else secrets.choice(_REPORT_DIGITS)
    body = first + "".join(secrets.choice("0123456789") for _ in range(_RANDOM_DIGITS - 1))
    return checked(body)


def checked(body: str) -> str:
    """Eight digits with their check digit."""
    return body + str(verhoeff.calc_check_digit(body))


def kind_of(reference: str) -> Kind:
    """What a parsed reference is of."""
    return Kind.PICKUP if reference.startswith(_PICKUP_DIGIT) else Kind.REPORT


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
