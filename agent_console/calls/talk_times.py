"""How long an operator talked and the caller waited, from what was written down as it happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from .models import Call, CallEvent, CallEventKind

_BEGINS = frozenset({CallEventKind.CONNECTED, CallEventKind.TRANSFERRED})


@dataclass(frozen=True)
class TalkTimes:
    """An operator's part of a call up to ``at``.  ``talked`` leaves ``held`` out; ``began_at`` is
    when they had it first, ``ended_at`` when they had no more to do with it: ``None`` while they
    do."""

    at: datetime
    began_at: datetime
    talked: timedelta = timedelta()
    held: timedelta = timedelta()
    is_held: bool = False
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether the operator left the call."""
        return self.ended_at is not None

    @property
    def talk_since(self) -> datetime:
        """From when a clock is to count that shows ``talked`` now."""
        return self.at - self.talked

    @property
    def hold_since(self) -> datetime:
        """From when a clock is to count that shows ``held`` now."""
        return self.at - self.held


def talk_times(*, call: Call, agent: User, now: datetime) -> TalkTimes | None:
    """What this operator's part of the call took; ``None`` when they never had it."""
    has_it, is_held = False, False
    began_at: datetime | None = None
    talked, held = timedelta(), timedelta()
    since = now
    ended_at: datetime | None = None
    for event in _events(call):
        if has_it:
            talked, held = _added(event.at - since, talked, held, is_held=is_held)
        since = event.at
        is_held = _is_held(event, is_held)
        ends_mine = has_it and event.kind in (*_BEGINS, CallEventKind.ENDED)
        if ends_mine:
            has_it, ended_at = False, event.at
        if event.kind in _BEGINS and event.actor_id == agent.pk:
            has_it, began_at, ended_at = True, began_at or event.at, None
    if began_at is None:
        return None
    if has_it:
        talked, held = _added(now - since, talked, held, is_held=is_held)
    return TalkTimes(now, began_at, talked, held, is_held and has_it, ended_at)


def _added(
    span: timedelta, talked: timedelta, held: timedelta, *, is_held: bool
) -> tuple[timedelta, timedelta]:
    return (talked, held + span) if is_held else (talked + span, held)


def _is_held(event: CallEvent, before: bool) -> bool:
    return {CallEventKind.HELD: True, CallEventKind.RESUMED: False}.get(
        CallEventKind(event.kind), before
    )


def _events(call: Call) -> list[CallEvent]:
    return list(call.events.order_by("id"))
