"""Everything that the rules find in one text, and how it joins what the sequence model found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.entities.addresses import find_addresses, normalise_address
from bot.entities.communes import POSTCODE, CommuneTable, normalise_commune
from bot.entities.dates import find_dates
from bot.entities.items import normalise_item
from bot.entities.numbers import find_doubtful_references, find_phones, find_references
from bot.entities.words import Span, Token, fold

# Most messages hold no date and no long number: one look each saves two dozen patterns.
_MAY_BE_DATED = re.compile(
    r"\d|aujourd|ajd|demain|hier|jour|semaine|mois|\ban|annee|heure|matin|aprem|apres|soir|nuit"
    r"|midi|di\b|dimanche|janv|fev|mars|avril|\bmai\b|juin|juil|aout|sept|oct|nov|dec|noel"
    r"|toussaint|paques|week|premier|\ble (?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze"
    r"|douze|treize|quatorze|quinze|seize|vingt|trente)"
)
_MAY_HOLD_A_NUMBER = re.compile(r"(?:\d[ .\-/()]{0,3}){6}|zero|\b(?:cent|[a-z]+ante|vingt)\b")
# A bare "le 12" is a day when a date is being settled, a house number in a report.
_BARE_DAYS_IN = frozenset({"pickup", "other", "reward"})
_BARE_DAY = re.compile(r"(?:le |au |du )?(?:\d{1,2}|1er|[a-z -]+)")


class Finder:
    """The rules, with the territory's communes."""

    def __init__(self, communes: CommuneTable) -> None:
        self.communes = communes

    def hints(self, text: str, tokens: Sequence[Token]) -> list[Span]:
        """Candidate addresses and communes, and telephone numbers and references for certain."""
        spans = [*find_addresses(tokens), *self.communes.find(text, tokens)]
        if _MAY_HOLD_A_NUMBER.search(fold(text)):
            numbers: list[Span] = []
            for find in (find_references, find_phones, find_doubtful_references):
                numbers += [span for span in find(text) if not _overlaps(span, numbers)]
            spans += numbers
        return spans

    def dates(self, text: str, topic: str, now: datetime) -> list[Span]:
        """Spans of type ``date``, normalised."""
        if not _MAY_BE_DATED.search(fold(text)):
            return []
        found = [Span("date", d.start, d.end, d.value) for d in find_dates(text, now)]
        if topic in _BARE_DAYS_IN:
            return found
        return [s for s in found if not _is_bare_day(fold(text[s.start : s.end]))]


def merged(learnt: Sequence[Span], hints: Sequence[Span], dates: Sequence[Span]) -> list[Span]:
    """One list without overlaps, in the text's order.

    Numbers that check win over the model; the model wins over dates ("boulevard du 11 novembre");
    a postcode that nobody claimed is a commune.
    """
    sure = [span for span in hints if span.entity in ("phone", "reference")]
    spans = [*sure, *(span for span in learnt if not _overlaps(span, sure))]
    spans += [span for span in dates if not _overlaps(span, spans)]
    postcodes = [s for s in hints if s.entity == "commune" and "postcode" in (s.normalised or {})]
    spans += [span for span in postcodes if not _overlaps(span, spans)]
    return sorted(spans, key=lambda span: span.start)


def normalised(text: str, span: Span, communes: CommuneTable, now: datetime) -> Span:
    """The span with its normalised value, None for a type or words that have none."""
    said = text[span.start : span.end]
    value: dict[str, Any] | None = span.normalised
    if span.entity == "commune":
        value = normalise_commune(said, communes)
    elif span.entity == "address":
        value = normalise_address(said)
    elif span.entity == "item":
        value = normalise_item(said)
    return replace(span, normalised=value)


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _is_bare_day(folded: str) -> bool:
    if not _BARE_DAY.fullmatch(folded) or POSTCODE.fullmatch(folded):
        return False
    words = folded.split()
    return words[0] in ("le", "au", "du") or folded[0].isdigit() or folded == "1er"
