"""A reply made fit for its channel: characters, links, numbers said aloud. Pure functions."""

from __future__ import annotations

import re
import unicodedata

from bot.hub.capabilities import Capabilities

# 3GPP TS 23.038, the default alphabet and its extension (those count twice).
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = frozenset("^{}\\[~]|€\f")
_PLAIN = {
    "’": "'",
    "‘": "'",
    "« ": '"',
    " »": '"',
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "°": "o",
    "²": "2",
    "³": "3",
    "→": "->",
    "·": "-",
}
_SPACES = re.compile("[\u00a0\u202f\u2009\u2007]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_REFERENCE = re.compile(r"\b\d{3}(?:-\d{3})+\b")
_TELEPHONE = re.compile(r"\b0[ \d]{8,}\d\b")
_SHORT_NUMBER = re.compile(r"\b(?:112|114|115|119|3114|3919)\b")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]{4}(?:-[A-Z0-9]{4})+\b")


def rendered(text: str, able: Capabilities) -> str:
    """``text`` as the channel carries it."""
    if not able.links:
        text = without_links(text)
    if able.spoken:
        return spoken(text)
    return shortened(gsm7(text), able.characters_max) if able.gsm7 else text


def gsm7(text: str) -> str:
    """``text`` in the SMS alphabet: one other character would halve what a message holds.

    >>> gsm7("C’est bien « la forêt » ?")
    'C\\'est bien "la foret" ?'
    """
    text = _SPACES.sub(" ", text)
    for fancy, plain in _PLAIN.items():
        text = text.replace(fancy, plain)
    return "".join(c if c in _GSM7 or c in _GSM7_TWICE else _bare(c) for c in text)


def septets(text: str) -> int:
    """The length of a GSM-7 text as the network counts it."""
    return sum(2 if c in _GSM7_TWICE else 1 for c in text)


def shortened(text: str, most: int | None) -> str:
    """Whole sentences of ``text``, the first ones, as many as fit."""
    if most is None or septets(text) <= most:
        return text
    kept = ""
    for sentence in _SENTENCE.split(text):
        longer = f"{kept} {sentence}".strip()
        if septets(longer) > most:
            break
        kept = longer
    return kept or text[: most - 3] + "..."


def without_links(text: str) -> str:
    """``text`` without the sentences that give an address to click."""
    if not _LINK.search(text):
        return text
    return " ".join(s for s in _SENTENCE.split(text) if not _LINK.search(s))


def spoken(text: str) -> str:
    """``text`` for a voice: figures one by one, quotation marks left out.

    >>> spoken("Référence : 123-456-789. Appelez le 0 800 94 94 08.")
    'Référence : 1 2 3, 4 5 6, 7 8 9. Appelez le 0, 800, 94, 94, 08.'
    """
    text = _SPACES.sub(" ", text)
    text = _REFERENCE.sub(lambda m: ", ".join(" ".join(g) for g in m[0].split("-")), text)
    text = _CODE.sub(lambda m: ", ".join(" ".join(g) for g in m[0].split("-")), text)
    text = _TELEPHONE.sub(lambda m: ", ".join(m[0].split(" ")), text)
    text = _SHORT_NUMBER.sub(_as_said, text)
    return re.sub(r"[«»“”\"]\s?|\s?»", "", text).strip()


def _as_said(found: re.Match[str]) -> str:
    """ "115" is said "1 15", "3919" is said "39 19": pairs from the right."""
    digits = found[0]
    return f"{digits[:-2]} {digits[-2:]}"


def _bare(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if c in _GSM7 or c in _GSM7_TWICE)
