"""Card numbers: one spelling, a digest instead of the number."""

from agent_console.digests import keyed_digest

NUMBER_CHARS_MIN = 6
NUMBER_CHARS_MAX = 32
_SEPARATORS = str.maketrans("", "", " -.\u00a0\u202f")


def number_normalised(text: str) -> str | None:
    """The number without separators, in capitals; ``None`` when it can't be a card's."""
    number = text.translate(_SEPARATORS).upper()
    if not (number.isascii() and number.isalnum()):
        return None
    return number if NUMBER_CHARS_MIN <= len(number) <= NUMBER_CHARS_MAX else None


def number_digest(*, collector: str, number: str) -> bytes:
    """What is stored of a normalised number: collectors may use the same numbers."""
    return keyed_digest(domain=f"card:{collector}", text=number)


def last4(number: str) -> str:
    """What people recognise a card by."""
    return number[-4:]
