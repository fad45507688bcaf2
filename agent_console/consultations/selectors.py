"""Reads of consultations: what is open, and what was counted."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from agent_console.places.models import Commune

from .disclosure import is_too_few
from .models import Consultation, Proposal, ProposalState, Tally
from .urn import code_read
from .workflow import State


@dataclass(frozen=True)
class Bar:
    """One choice's sum; ``percent`` is a whole number of 100."""

    label: str
    votes: int
    percent: int


@dataclass(frozen=True)
class Row:
    """One commune's sums, in the choices' order; ``name`` empty: the remainder."""

    name: str
    votes: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Results:
    """What may be shown of a counted consultation.

    ``is_too_few``: too few voted for any choice to be told.  ``rows`` is empty when no commune can
    be told apart.
    """

    ballots: int
    is_too_few: bool
    bars: tuple[Bar, ...]
    rows: tuple[Row, ...]


def consultation_find(*, consultation_id: uuid.UUID) -> Consultation | None:
    """One that anybody may see."""
    found = Consultation.objects.prefetch_related("choices", "communes")
    return found.filter(pk=consultation_id).exclude(state=State.DRAFT).first()


def consultations_public() -> QuerySet[Consultation]:
    """Every one that anybody may see, those that end last first."""
    found = Consultation.objects.prefetch_related("communes")
    return found.exclude(state=State.DRAFT)


def consultations_open(*, at: datetime, insee: str = "") -> QuerySet[Consultation]:
    """Those that take votes at a moment, of a commune if one is said; the first to end first."""
    found = Consultation.objects.filter(state=State.OPEN, starts_at__lte=at, ends_at__gt=at)
    if insee:
        commune = Commune.objects.filter(pk=insee).first()
        places = {insee, commune.parent_id if commune else None} - {None}
        found = found.filter(Q(communes=None) | Q(communes__in=places)).distinct()
    return found.prefetch_related("choices", "communes").order_by("ends_at", "id")


def is_taking_votes(consultation: Consultation) -> bool:
    """Whether it takes votes now."""
    now = timezone.now()
    return consultation.state == State.OPEN and consultation.starts_at <= now < consultation.ends_at


def consultations_uncounted() -> QuerySet[Consultation]:
    """Closed, but not counted yet."""
    return Consultation.objects.filter(state=State.CLOSED, counted_at=None)


def communes_voting(consultation: Consultation) -> list[Commune]:
    """Where one may live to vote, by name; arrondissements of a city that is asked are too."""
    asked = [commune.pk for commune in consultation.communes.all()]
    found = Commune.objects.order_by("search_name")
    if asked:
        found = found.filter(Q(pk__in=asked) | Q(parent__in=asked))
    return list(found)


def results(consultation: Consultation, *, locale: str) -> Results:
    """The sums of a counted consultation."""
    choices = list(consultation.choices.all())
    ballots = consultation.ballots_count or 0
    if is_too_few(ballots):
        return Results(ballots=ballots, is_too_few=True, bars=(), rows=())
    sums = dict(
        Tally.objects.filter(choice__in=choices)
        .values_list("choice")
        .annotate(votes=Sum("votes"))
        .values_list("choice", "votes")
    )
    bars = tuple(
        Bar(
            label=choice.label_en if locale == "en" else choice.label_fr,
            votes=sums.get(choice.pk, 0),
            percent=round(100 * sums.get(choice.pk, 0) / ballots),
        )
        for choice in choices
    )
    cells: dict[str, dict[uuid.UUID, int]] = {}
    for tally in Tally.objects.filter(choice__in=choices).select_related("commune"):
        name = tally.commune.name if tally.commune else ""
        cells.setdefault(name, {})[tally.choice_id] = tally.votes
    rows = tuple(
        _row(name, [cells[name].get(choice.pk, 0) for choice in choices])
        for name in sorted(cells, key=lambda name: (not name, name))
    )
    named = any(row.name for row in rows)
    return Results(ballots=ballots, is_too_few=False, bars=bars, rows=rows if named else ())


def is_counted(*, consultation: Consultation, code: str) -> bool:
    """Whether a receipt's ballot was counted, however the code is typed."""
    return consultation.counted.filter(pk=code_read(code)).exists()


def counted_codes(consultation: Consultation) -> list[str]:
    """Every counted ballot's code, in the order of the codes."""
    return list(consultation.counted.order_by("code").values_list("code", flat=True))


def proposals_accepted(consultation: Consultation) -> QuerySet[Proposal]:
    """What anybody may read."""
    return consultation.proposals.filter(state=ProposalState.ACCEPTED)


def proposals_waiting() -> QuerySet[Proposal]:
    """What a supervisor has to decide, the oldest first."""
    return Proposal.objects.filter(state=ProposalState.WAITING).select_related("consultation")


def proposals_decided(*, limit: int) -> list[Proposal]:
    """The newest that were decided, with their decisions."""
    found = Proposal.objects.filter(state__in=(ProposalState.ACCEPTED, ProposalState.REFUSED))
    ordered = found.select_related("consultation").prefetch_related("decisions__actor")
    return list(ordered.order_by("-received_at")[:limit])


def votes_count(consultation: Consultation) -> int:
    """How many have voted so far."""
    return consultation.roll.count()


def _row(name: str, votes: list[int]) -> Row:
    return Row(name=name, votes=tuple(votes), total=sum(votes))
