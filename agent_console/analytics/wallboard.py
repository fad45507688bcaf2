"""What happens now: read from where it happens, nothing is kept.  Today is that of Europe/Paris."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, F, Min, OuterRef, Q, Subquery

from agent_console.calls.models import Call as PhoneCall
from agent_console.calls.selectors import calls_connected, calls_waiting
from agent_console.calls_desk.models import Call
from agent_console.citizens.models import ChannelCode
from agent_console.conversations.desk.models import Attendance, DeskEntry, EntryKind
from agent_console.conversations.desk.presence import AWAY_AFTER
from agent_console.conversations.desk.selectors import LATE_AFTER
from agent_console.conversations.models import Author, Conversation, Message
from agent_console.french_days import PARIS, on_the_wall
from agent_console.reports.models import Report
from agent_console.wallet.chain import ChainView, chain_get
from agent_console.wallet.http import WalletError

CATEGORIES_MAX = 8
_CALL_FORGOTTEN = timedelta(hours=4)  # a call page that nobody closed


@dataclass(frozen=True)
class Wallboard:
    """Counts of now; ``service_level`` is a percentage, none while nobody asked today."""

    waiting: int
    longest_wait: timedelta | None
    in_progress: int
    agents_busy: int
    agents_free: int
    asked: int
    answered_in_time: int
    channels: list[tuple[str, int]]
    categories: list[tuple[str, int]]
    chain: ChainView | None
    at: datetime

    @property
    def service_level(self) -> float | None:
        """Percent of those who asked for a person today and had time to be answered in time."""
        return 100 * self.answered_in_time / self.asked if self.asked else None

    @property
    def target_minutes(self) -> int:
        """In time means within so many minutes."""
        return int(LATE_AFTER.total_seconds() // 60)


def wallboard(*, now: datetime) -> Wallboard:
    """Everything on the wall."""
    midnight = datetime.combine(on_the_wall(now).date(), time.min, tzinfo=PARIS)
    written = Conversation.objects.filter(holder=None, waiting_since__isnull=False)
    spoken = calls_waiting()
    since = [
        written.aggregate(at=Min("waiting_since"))["at"],
        spoken.order_by().aggregate(at=Min("queued_at"))["at"],
    ]
    oldest = min((at for at in since if at is not None), default=None)
    # What came through our own number is counted where it is connected.
    noted = Call.objects.filter(line=None, talked_until=None, started_at__gt=now - _CALL_FORGOTTEN)
    held = Conversation.objects.filter(holder__isnull=False)
    busy = {
        *held.values_list("holder", flat=True),
        *calls_connected().values_list("taken_by", flat=True),
        *noted.values_list("agent", flat=True),
    }
    there = Attendance.objects.filter(active_at__gt=now - AWAY_AFTER)
    asked, in_time = _asked_today(midnight, now)
    reports = Report.objects.filter(created_at__gte=midnight)
    return Wallboard(
        waiting=written.count() + spoken.count(),
        longest_wait=now - oldest if oldest else None,
        in_progress=held.count() + calls_connected().count() + noted.count(),
        agents_busy=len(busy - {None}),
        agents_free=there.exclude(user__in=busy - {None}).count(),
        asked=asked,
        answered_in_time=in_time,
        channels=[
            (ChannelCode(row["channel"]).label, row["n"])
            for row in reports.values("channel").annotate(n=Count("pk")).order_by("-n", "channel")
        ],
        categories=[
            (row["category__label_fr"], row["n"])
            for row in reports.values("category__label_fr")
            .annotate(n=Count("pk"))
            .order_by("-n", "category__label_fr")[:CATEGORIES_MAX]
        ],
        chain=_chain(),
        at=now,
    )


def _asked_today(midnight: datetime, now: datetime) -> tuple[int, int]:
    """How many asked for a person and were answered, or should have been, and how many in time."""
    said = Message.objects.filter(
        conversation=OuterRef("conversation"),
        author=Author.AGENT,
        created_at__gte=OuterRef("created_at"),
    ).order_by("seq")
    entries = DeskEntry.objects.filter(kind=EntryKind.ASKED, created_at__gte=midnight).annotate(
        answered_at=Subquery(said.values("created_at")[:1])
    )
    due = Q(answered_at__isnull=False) | Q(created_at__lt=now - LATE_AFTER)
    written = entries.filter(due).aggregate(
        n=Count("pk"), good=Count("pk", filter=Q(answered_at__lte=F("created_at") + LATE_AFTER))
    )
    calls = PhoneCall.objects.filter(queued_at__gte=midnight)
    gone = Q(connected_at__isnull=False) | Q(ended_at__isnull=False)
    spoken = calls.filter(gone | Q(queued_at__lt=now - LATE_AFTER)).aggregate(
        n=Count("pk"), good=Count("pk", filter=Q(connected_at__lte=F("queued_at") + LATE_AFTER))
    )
    return written["n"] + spoken["n"], written["good"] + spoken["good"]


def _chain() -> ChainView | None:
    try:
        return chain_get()
    except WalletError:
        return None
