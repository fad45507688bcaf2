"""The words of the question about points, by version: an answer is an answer to its words.

A version is never edited: new words get a new version, and who answered older ones keeps them.
"""

from dataclasses import dataclass

CURRENT = "2026-11"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The question, and what its two answers are called."""

    question: str
    yes: str
    no: str


_TEXTS: dict[str, dict[str, ConsentText]] = {
    "2026-11": {
        "fr": ConsentText(
            "Vous pouvez recevoir des points. "
            "Si vous refusez, rien ne change pour votre demande. "
            "Voulez-vous des points, et avez-vous "
            "15\N{NO-BREAK SPACE}ans ou plus\N{NO-BREAK SPACE}?",
            "Oui, j’ai 15\N{NO-BREAK SPACE}ans ou plus",
            "Non, pas de points",
        ),
        "en": ConsentText(
            "You can receive points. If you decline, nothing changes for your request. "
            "Would you like points, and are you 15 or older?",
            "Yes, I am 15 or older",
            "No points, thank you",
        ),
    }
}


def consent_text(*, version: str = CURRENT, locale: str = "fr") -> ConsentText:
    """The words of a version, French where it has no others.  Raises ``KeyError``."""
    texts = _TEXTS[version]
    return texts.get(locale, texts["fr"])
