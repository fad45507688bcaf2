"""Kinds of words that tell of a danger to somebody: features of the classifier, never a verdict.

"Feu tricolore en panne" holds one such word and is no emergency; a person, a wound and a call for
help in one message are three.
"""

from __future__ import annotations

import re

_KINDS = {
    "person": (
        r"dames?|madame|messieurs|monsieur|hommes?|femmes?|enfants?|gamine?s?|gosses?|minots?"
        r"|fill(?:e|ette)s?|fils|garcons?|bebes?|vieux|vieille|meres?|peres?|maris?|voisine?s?"
        r"|quelqu|gens|passants?|pietons?|personnes?|types?|mecs?|jeunes?|conducteurs?|copine?s?"
    ),
    "wound": (
        r"inconscient\w*|saign\w*|sang|bless\w*|coince\w*|respir\w*|malaise|evanoui\w*|convuls\w*"
        r"|noie\w*|noye\w*|etouff\w*|fractur\w*|ecras\w*|renvers\w*|percut\w*|electrocut\w*|brul\w*"
        r"|chute|tombee?s?|bouge plus|repond(?:s)? plus|crise|infarctus|avc|mourir|mort|meurt|os"
    ),
    "danger": (
        r"feu|flammes?|incendie|fumee|gaz|etincelles?|explos\w*|couteau|arme\w*|fusil|kalach\w*"
        r"|tirs?|tire\w*|agress\w*|frapp\w*|tape|bat|menac\w*|viol(?:s|er|ee?s?|ent\w*|ence)?"
        r"|disparue?s?|suicid\w*|tuer|sauter|effondr\w*|ecroul\w*|fonce|emporte\w*|cachets|battue?"
    ),
    "call": r"secours|pompiers?|police|samu|ambulance|urgent\w*|urgence|vite|aide[zr]?|alerte",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _KINDS.items()}


def alarm_kinds(folded: str) -> list[str]:
    """The kinds of which a folded text has a word, and each pair of kinds."""
    found = [kind for kind, pattern in _PATTERNS.items() if pattern.search(folded)]
    pairs = [f"{a}+{b}" for i, a in enumerate(found) for b in found[i + 1 :]]
    return found + pairs
