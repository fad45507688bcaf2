"""Reads of the routing: who can take what, whose turn it is, what supervisors see.

Nothing here knows points: what a person has earned changes nothing in who answers them, or when.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ..desk.models import Team
from ..desk.words import WRITTEN, can_write
from ..models import Alert, Conversation
from .availability import ANSWER, GONE_AFTER, there
from .models import LIVE, Availability, Offer, OfferState, RoutingChange, Skillset

_AT_ONCE_MAX = 500


@dataclass(frozen=True)
class AgentSeen:
    """An agent as supervisors see them; ``is_gone``: they said they are there, no page is open."""

    user: User
    availability: Availability | None
    is_gone: bool
    skills: Skillset
    held: int
    offered: int
    team_names: list[str]


def availability_of(user: User) -> Availability | None:
    """What ``user`` last said of themselves."""
    return Availability.objects.filter(user=user).first()


def skills_of(user_ids: Iterable[int]) -> dict[int, Skillset]:
    """Everybody's skills; the defaults for whom nobody set any."""
    wanted = list(user_ids)
    known = {one.user_id: one for one in Skillset.objects.filter(user__in=wanted)}
    return {pk: known.get(pk) or Skillset(user_id=pk) for pk in wanted}


def has_room(skills: Skillset) -> bool:
    """Whether one more conversation fits; exact under the agent's lock."""
    held, offered = _loads([skills.user_id])
    return held[skills.user_id] + offered[skills.user_id] < skills.capacity


def with_room(*, now: datetime) -> list[Skillset]:
    """Agents who are there and have less than they can answer, whoever waits longest first."""
    places = list(there(now=now).values_list("pk", flat=True))
    held, offered = _loads(places)
    found = skills_of(places)
    return [found[pk] for pk in places if held[pk] + offered[pk] < found[pk].capacity]


def turn_of(conversation: Conversation, *, now: datetime) -> list[Skillset]:
    """Whom to ask, in order: who was asked about this least often, then who waits longest.

    All of them are able (``is_able``).
    """
    members = team_members()
    able = [skills for skills in with_room(now=now) if is_able(skills, conversation, members)]
    tried = conversation.offers.filter(offered_at__gte=conversation.waiting_since)
    asked = Counter(
        tried.exclude(state=OfferState.WITHDRAWN).order_by().values_list("agent_id", flat=True)
    )
    return sorted(able, key=lambda skills: asked[skills.user_id])  # stable


def is_able(skills: Skillset, conversation: Conversation, members: Mapping[int, set[int]]) -> bool:
    """Whether an agent speaks the person's language, answers on their channel and is in the team
    that the conversation was handed to, if it was."""
    team = conversation.team_id
    return (
        conversation.locale in skills.locales
        and conversation.channel in skills.channels
        and (team is None or skills.user_id in members.get(team, set()))
    )


def team_members() -> dict[int, set[int]]:
    """Who is in which team."""
    found: dict[int, set[int]] = {}
    for team_id, user_id in Team.members.through.objects.values_list("team_id", "user_id"):
        found.setdefault(team_id, set()).add(user_id)
    return found


def is_waiting(conversation: Conversation) -> bool:
    """Whether a conversation may be offered: nobody has it, and who waits can be written to."""
    return (
        conversation.holder_id is None
        and conversation.waiting_since is not None
        and can_write(conversation)
    )


def queue_unoffered() -> list[Conversation]:
    """What waits and is offered to nobody: those who may be in danger first, then the longest."""
    waiting = Conversation.objects.filter(
        ~Exists(Offer.objects.filter(conversation=OuterRef("pk"), state__in=LIVE)),
        holder=None,
        waiting_since__isnull=False,
        blocked_at=None,
        channel__in=WRITTEN,
    )
    in_danger = Exists(Alert.objects.filter(conversation=OuterRef("pk"), ended_at=None))
    order = waiting.annotate(in_danger=in_danger).order_by("-in_danger", "waiting_since", "pk")
    return list(order[:_AT_ONCE_MAX])


def offers_to_settle(*, now: datetime, is_automatic: bool) -> list[uuid.UUID]:
    """Conversations with an offer that may have to end: its time is over, its agent left, or
    nothing is assigned any more."""
    live = Offer.objects.filter(state__in=LIVE)
    if is_automatic:
        has_left = Q(state=OfferState.OPEN) & ~Q(agent__in=there(now=now).order_by().values("pk"))
        live = live.filter(Q(until__lte=now) | has_left)
    found = live.order_by("until", "pk")
    return list(found.values_list("conversation_id", flat=True)[:_AT_ONCE_MAX])


def offers_of(user: User) -> QuerySet[Offer]:
    """What is offered to ``user`` and not taken, the oldest first."""
    found = Offer.objects.filter(agent=user, state=OfferState.OPEN)
    return found.select_related("conversation").order_by("offered_at", "pk")


def offer_shown(conversation: Conversation) -> Offer | None:
    """To whom a conversation is offered, with their name."""
    found = conversation.offers.filter(state=OfferState.OPEN)
    return found.select_related("agent").first()


def availability_labels(user_ids: Iterable[int]) -> dict[int, str]:
    """What each said of themselves, in French; who never did is not in it."""
    found = Availability.objects.filter(user__in=list(user_ids))
    return {one.user_id: one.get_state_display() for one in found}


def agents_seen(*, now: datetime) -> list[AgentSeen]:
    """Everybody who may answer, by name, in a bounded number of queries."""
    users = list(User.objects.with_perm(ANSWER).order_by("first_name", "username"))
    ids = [user.pk for user in users]
    places = {one.user_id: one for one in Availability.objects.filter(user__in=ids)}
    held, offered = _loads(ids)
    skills = skills_of(ids)
    teams: dict[int, list[str]] = {}
    for team in Team.objects.prefetch_related("members"):
        for member in team.members.all():
            teams.setdefault(member.pk, []).append(team.name)
    return [
        AgentSeen(
            user=user,
            availability=(place := places.get(user.pk)),
            is_gone=place is not None
            and place.state != "away"
            and place.seen_at <= now - GONE_AFTER,
            skills=skills[user.pk],
            held=held[user.pk],
            offered=offered[user.pk],
            team_names=teams.get(user.pk, []),
        )
        for user in users
    ]


def changes_of(*, kind: str = "", key: str = "", limit: int) -> QuerySet[RoutingChange]:
    """The newest changes, of one thing or of all."""
    found = RoutingChange.objects.select_related("actor")
    if kind:
        found = found.filter(kind=kind, key=key)
    return found[:limit]


def _loads(user_ids: Iterable[int]) -> tuple[Counter[int], Counter[int]]:
    """How many conversations each holds, and how many are offered to them."""
    ids = list(user_ids)
    held = Conversation.objects.filter(holder__in=ids).order_by().values("holder")
    offered = Offer.objects.filter(agent__in=ids, state=OfferState.OPEN).order_by().values("agent")
    return (
        Counter({row["holder"]: row["n"] for row in held.annotate(n=Count("pk"))}),
        Counter({row["agent"]: row["n"] for row in offered.annotate(n=Count("pk"))}),
    )
