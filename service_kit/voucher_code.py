"""A voucher's code: short, read aloud on the phone, checked before anybody is asked about it.

Eight symbols and a check symbol, drawn from eighteen whose French names can't be taken for one
another (no B/D/P/T, no F/S, no M/N: one of each family at most).  The check symbol is that of
ISO/IEC 7064, hybrid system MOD n+1,n, which finds every single wrong symbol and nearly every
exchange of neighbours.

Both services read codes, and neither imports the other: the format stands here.
"""

from __future__ import annotations

import secrets
from enum import StrEnum

from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789FHKMRXYZ"
LENGTH = 9  # check symbol included
_GROUP = 3
# What people type or a tired eye reads instead of a digit; none of them is in the alphabet.
_MISREAD = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
_IGNORED = frozenset(" \t\r\n\u00a0\u202f.-_·‐‑‒–—")


class Flaw(StrEnum):
    """Why a text is no code."""

    EMPTY = "empty"
    LENGTH = "length"
    SYMBOL = "symbol"
    CHECK = "check"


class NotACode(ValueError):
    """The text is no voucher code; ``flaw`` says what is wrong with it."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def parse(text: str) -> str:
    """The nine symbols behind what somebody typed; raises ``NotACode``.

    Spaces, dashes and case are ignored; O and Q stand for 0, I and L for 1.

    >>> parse("Okm 4rx-72f")
    '0KM4RX72F'
    """
    symbols = "".join(char for char in text if char not in _IGNORED).upper().translate(_MISREAD)
    if not symbols:
        raise NotACode(Flaw.EMPTY)
    if any(symbol not in ALPHABET for symbol in symbols):
        raise NotACode(Flaw.SYMBOL)
    if len(symbols) != LENGTH:
        raise NotACode(Flaw.LENGTH)
    if not mod_37_36.is_valid(symbols, ALPHABET):
        raise NotACode(Flaw.CHECK)
    return symbols


def draw() -> str:
    """A new code at random: one of 18⁸ (eleven thousand million)."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check(body: str) -> str:
    """``body`` (eight symbols) followed by its check symbol."""
    return body + mod_37_36.calc_check_digit(body, ALPHABET)


def shown(code: str) -> str:
    """``code`` in groups of three, as it is printed and read: ``XXX-XXX-XXX``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
