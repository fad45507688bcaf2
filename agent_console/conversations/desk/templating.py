"""Reply templates: which variables they may hold, and what those become."""

import re
from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    "conseiller": "votre prénom",
    "reference": "la référence du dernier signalement de la conversation",
    "lieu": "le lieu de ce signalement",
    "probleme": "ce que ce signalement décrit",
    "telephone": "le numéro d’appel gratuit",
}
_VARIABLE = re.compile(r"\{([^{}\s]{1,30})\}")


def variables_unknown(text: str) -> list[str]:
    """Names in braces that mean nothing, in order."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables; what has no value stays, for the agent to see.

    >>> fill("Le {reference}, {lieu}", {"reference": "123", "lieu": ""})
    'Le 123, {lieu}'
    """
    return _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)


def variable_left(text: str) -> str | None:
    """The first known variable that was not filled in, with its braces."""
    found = (match for match in _VARIABLE.finditer(text) if match[1] in VARIABLES)
    return next((match[0] for match in found), None)
