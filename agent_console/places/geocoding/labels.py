"""How a place is written for people: "12 bis Rue Paradis, 13006 Marseille"."""

import re

from ..models import Commune

_ARRONDISSEMENT = re.compile(r"\s+\d+er?\s+Arrondissement$")


def town_of(commune: Commune) -> str:
    """A commune's name as it stands on a letter; Marseille without the arrondissement."""
    return _ARRONDISSEMENT.sub("", commune.name)


def address_label(*, number: str, street: str, postcode: str, commune: Commune) -> str:
    """A place's label; ``number`` and ``postcode`` may be empty."""
    first = f"{number} {street}".strip()
    second = f"{postcode} {town_of(commune)}".strip()
    return f"{first}, {second}" if first else second


def house_number(number: int, suffix: str) -> str:
    """ "12", "12 bis", "12 B"."""
    return f"{number} {suffix.upper() if len(suffix) == 1 else suffix}".strip()
