"""Names as they are written in haste: without capitals, or in nothing but capitals.

What stands before says that a name may follow ("ma voisine", "chez", "c'est … qui"); whoever asks
decides whether the words are like names.  A street's name never comes behind such words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .spans import Kind
from .words import COMMON, NEVER, NOT_NAMES, PLACES, RELATIONS, TITLES

_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_RELATION = rf"\b(?:{'|'.join(sorted(RELATIONS, key=len, reverse=True))})\b"
_NEXT = re.compile(rf"[  ]*({_WORD})")
_NAME_WORDS_MAX = 2
_NO_NAME = NOT_NAMES | NEVER | PLACES | COMMON | TITLES | RELATIONS


@dataclass(frozen=True)
class _Trigger:
    """``words_min``: as many words must follow; ``needs``: and then this.

    ``is_any_case``: capitals behind it tell nothing that the model would see.
    """

    before: re.Pattern[str]
    words_min: int = 1
    needs: re.Pattern[str] = re.compile("")
    is_any_case: bool = False
    kind: Kind = Kind.PERSON


_TRIGGERS = (
    _Trigger(re.compile(rf"{_RELATION}(?:[  ]+(?:de|du|des)\b)?", re.I)),
    _Trigger(re.compile(r"\bpar\b", re.I), words_min=2),
    _Trigger(
        re.compile(r"\bc(?:(?:['’]|[  ])?est)?\b(?:[  ]+encore\b|[  ]+toujours\b)?", re.I),
        needs=re.compile(r"[  ]+(?:qui|il|elle|le|la|du|encore)\b", re.I),
    ),
    # "mon voisin du dessous gilbert", "la dame du rez-de-chaussée yvonne"
    _Trigger(
        re.compile(
            rf"(?:{_RELATION}|\b(?:dame|monsieur|gars|type)\b)[  ]+(?:du (?:dessous|dessus"
            r"|rez[ -]de[ -]chauss[ée]e|\d{1,2}(?:e|[eè]me))|d['’ ]en face|d['’ ]à côté)\b",
            re.I,
        ),
        is_any_case=True,
    ),
    # "la voiture de anthony"
    _Trigger(
        re.compile(
            r"\b(?:voiture|chien|chienne|chat|moto|scooter|camion|camionnette|fourgon|bateau|balcon"
            r"|dossier|bande|fille|fils)[  ](?:de[  ]|d['’])",
            re.I,
        ),
        is_any_case=True,
    ),
    _Trigger(
        re.compile(
            r"\b(?:j['’ ]ai (?:vu|eu|croisé|appelé)|signaler|avec|pr[ée]venir|agent|sonnette"
            r"|interphone|(?:dites?|demande[rz]) [àa])\b",
            re.I,
        ),
        is_any_case=True,
    ),
    # "Nordine il a mis", "hamza habite au 14"
    _Trigger(
        re.compile(r"^"),
        needs=re.compile(r"[  ]+(?:il|elle|ma voisine|mon voisin|habite)\b", re.I),
        is_any_case=True,
    ),
    # the writer: "je m appelle samia belaid", "moi c samia", "merci d avance coralie"
    _Trigger(
        re.compile(r"\bje m['’ ]appelle\b|\bmon nom (?:de famille )?(?:c['’ ])?est\b", re.I),
        words_min=2,
        kind=Kind.SELF,
    ),
    _Trigger(
        re.compile(r"\b(?:moi,? c(?:['’ ]?est)?|ici|au nom de)\b", re.I),
        is_any_case=True,
        kind=Kind.SELF,
    ),
    _Trigger(
        re.compile(
            r"\b(?:merci(?: d['’ ]avance)?|cordialement|cdlt|bisous)\b[ ,.:]*(?:mamie|papi)?", re.I
        ),
        needs=re.compile(r"[  .!]*$"),
        is_any_case=True,
        kind=Kind.SELF,
    ),
)


def candidates(text: str) -> tuple[tuple[int, int, Kind], ...]:
    """Where a name may stand that no capital tells, and whose; in the text’s order."""
    return tuple(sorted(set(_candidates(text))))


def _candidates(text: str) -> Iterator[tuple[int, int, Kind]]:
    is_shouted = text.isupper()
    for trigger in _TRIGGERS:
        for match in trigger.before.finditer(text):
            start, end, count = match.end(), match.end(), 0
            while count < _NAME_WORDS_MAX:
                word = _NEXT.match(text, end)
                if word is None or word.group(1).casefold() in _NO_NAME:
                    break
                if not (is_shouted or trigger.is_any_case or word.group(1).islower()):
                    break  # capitals are there: the text is read as it stands
                start = word.start(1) if count == 0 else start
                end, count = word.end(1), count + 1
            if count >= trigger.words_min and trigger.needs.match(text, end):
                yield start, end, trigger.kind
