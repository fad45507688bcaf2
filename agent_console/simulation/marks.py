"""How simulated rows are known: by their own number.

Every simulated resident, contact point, conversation, turn and report has a UUID of version 8 (the
one that RFC 9562, section 5.8, leaves to whoever makes it) that begins with "SIMULE" in ASCII.
The product itself draws version 4 only, so no true row can have such a number, and a range of the
primary key holds exactly what was simulated.
"""

from __future__ import annotations

import uuid
from enum import IntEnum

_WORD = int.from_bytes(b"SIMULE")
_VERSION, _VARIANT = 8, 0b10
_NUMBERS = 1 << 62
STAFF_PREFIX = "simulation-"


class Kind(IntEnum):
    RESIDENT = 1
    CONTACT_POINT = 2
    CONVERSATION = 3
    REPORT = 4
    EVIDENCE = 5
    TURN = 6
    SUPPORT = 7
    SUPPORT_EVIDENCE = 8
    PATTERN = 9
    BOOKING = 10
    LABEL = 11


def marked(kind: Kind, number: int) -> uuid.UUID:
    """The UUID of the ``number``-th simulated thing of a kind (from 0); they sort by number."""
    if not 0 <= number < _NUMBERS:
        raise ValueError(f"{number} does not fit")
    return uuid.UUID(int=_WORD << 80 | _VERSION << 76 | kind << 64 | _VARIANT << 62 | number)


def marked_range(kind: Kind) -> tuple[uuid.UUID, uuid.UUID]:
    """The first and the last number that a simulated thing of this kind can have."""
    return marked(kind, 0), marked(kind, _NUMBERS - 1)


def number_of(mark: uuid.UUID) -> int:
    """The number that ``marked`` was given."""
    return mark.int & (_NUMBERS - 1)
