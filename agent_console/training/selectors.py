"""Reads of the pages: corrections by what they are, counts, and what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from agent_console.analytics.models import MissedSentence
from agent_console.conversations.models import Author, Message, TurnState
from agent_console.meanings import intents, understood_label

from .models import Correction, Export
from .workflow import LIVE, State


def missed_find(*, message_id: int) -> MissedSentence | None:
    """The masked sentence, with what the assistant took it for."""
    known = MissedSentence.objects.select_related("message__turn", "marked_by")
    return known.filter(message=message_id).first()


def readable() -> QuerySet[Message]:
    """What people wrote in their own words and the assistant answered, or should have."""
    return Message.objects.filter(
        author=Author.CITIZEN, choice="", turn__state__in=(TurnState.DONE, TurnState.FAILED)
    ).exclude(text="")


@dataclass(frozen=True)
class Standing:
    """Where a sentence of a conversation is: not marked, to be corrected, corrected.

    ``is_marked``: a colleague said so, which can be taken back while there is no correction.
    """

    is_known: bool
    is_marked: bool
    correction: Correction | None


def standings(message_ids: Collection[int]) -> dict[int, Standing]:
    """By message, of those that can be marked or are: three queries however many there are."""
    rows = MissedSentence.objects.filter(message__in=message_ids)
    known = dict(rows.values_list("message", "marked_by"))
    live = live_states(message_ids)
    may_be = readable().filter(pk__in=message_ids).values_list("pk", flat=True)
    return {
        one: Standing(one in known, known.get(one) is not None, live.get(one))
        for one in known.keys() | set(may_be)
    }


def live_of(*, message_id: int) -> Correction | None:
    """The correction of a sentence that is proposed or accepted."""
    return Correction.objects.filter(message=message_id, state__in=LIVE).first()


def live_states(message_ids: Collection[int]) -> dict[int, Correction]:
    """The same for several sentences at once, by message."""
    found = Correction.objects.filter(message__in=message_ids, state__in=LIVE)
    return {row.message_id: row for row in found if row.message_id is not None}


@dataclass(frozen=True)
class Asked:
    """Which corrections; empty: any.  ``export``: the number of the file they became part of."""

    state: str = ""
    intent: str = ""
    understood: str | None = None
    export: int | None = None


def corrections(asked: Asked) -> QuerySet[Correction]:
    """Newest first, with people's names; without those whose words are gone, unless asked for."""
    found = Correction.objects.select_related("author", "decided_by", "export").order_by("-id")
    found = found.filter(state=asked.state) if asked.state else found.exclude(state=State.DROPPED)
    if asked.intent:
        found = found.filter(intent=asked.intent)
    if asked.understood is not None:
        found = found.filter(understood=asked.understood)
    if asked.export is not None:
        found = found.filter(export=asked.export)
    return found


def correction_find(*, correction_id: int) -> Correction | None:
    """One, with people's names."""
    return corrections(Asked()).filter(pk=correction_id).first()


@dataclass(frozen=True)
class IntentCount:
    """How many corrections say that a sentence means ``intent``."""

    intent: str
    label: str
    proposed: int
    accepted: int
    exported: int


def counts_by_intent() -> list[IntentCount]:
    """Intents that have any, most accepted first; ``accepted`` holds ``exported``."""
    rows = (
        Correction.objects.filter(state__in=LIVE)
        .values("intent")
        .annotate(
            proposed=Count("pk", filter=Q(state=State.PROPOSED)),
            accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
            exported=Count("pk", filter=Q(export__isnull=False)),
        )
        .order_by("-accepted", "intent")
    )
    return [IntentCount(label=_label(row["intent"]), **row) for row in rows]


@dataclass(frozen=True)
class Cell:
    """How many accepted corrections say that what was taken for ``understood`` meant the row."""

    understood: str
    label: str
    count: int


@dataclass(frozen=True)
class Row:
    """What people meant, and by column what the assistant took it for."""

    intent: str
    label: str
    cells: list[Cell]

    @property
    def total(self) -> int:
        """How many meant it."""
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Confusions:
    """A table without empty rows and columns, both by how many they hold."""

    columns: list[str]
    rows: list[Row]


def confusions() -> Confusions:
    """From accepted corrections, exported or not."""
    accepted = Correction.objects.filter(state=State.ACCEPTED)
    pairs = accepted.values_list("intent", "understood").annotate(count=Count("pk"))
    counted = {(intent, understood): count for intent, understood, count in pairs}
    meant, taken = _sums(counted, 0), _sums(counted, 1)
    rows = [
        Row(
            intent,
            _label(intent),
            [Cell(one, understood_label(one), counted.get((intent, one), 0)) for one in taken],
        )
        for intent in meant
    ]
    return Confusions([understood_label(one) for one in taken], rows)


def exports() -> QuerySet[Export]:
    """Newest first."""
    return Export.objects.select_related("actor").defer("content")


def waiting_count() -> int:
    """How many accepted corrections no export holds."""
    return Correction.objects.filter(state=State.ACCEPTED, export=None).count()


def _sums(counted: Mapping[tuple[str, str], int], side: int) -> list[str]:
    sums: Counter[str] = Counter()
    for pair, count in counted.items():
        sums[pair[side]] += count
    return sorted(sums, key=lambda name: (-sums[name], name))


def _label(intent: str) -> str:
    known = intents().get(intent)
    return known.label if known else intent
