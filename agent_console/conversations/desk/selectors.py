"""Reads of the desk: the inbox with its filters and its search, colleagues, a person's history."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from ..models import SEARCH_CONFIG, Alert, Conversation, Handler, Message
from .models import DeskEntry, Draft, EntryKind, ReplyTemplate, Team

Shown = Literal["", "mine", "unassigned", "waiting", "late", "alert"]
OLDEST_FIRST = frozenset({"unassigned", "waiting", "late"})
# Nobody waits longer for a first word without the list saying so.
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class DeskFilter:
    """What the inbox shows; an empty field filters nothing.

    ``words`` are searched in what was said and noted, ``also`` are conversations found by other
    means for the same words.  ``before``: the last row of the page before, by its time and number.
    """

    shown: Shown = ""
    user_id: int | None = None
    channel: str = ""
    locale: str = ""
    words: str = field(default="", repr=False)
    also: frozenset[uuid.UUID] = frozenset()
    before: tuple[datetime, uuid.UUID] | None = None


def desk_list(*, wanted: DeskFilter, limit: int) -> QuerySet[Conversation]:
    """Conversations with what was said last, newest first; those that wait, longest first."""
    found = Conversation.objects.filter(last_seq__gt=0)
    if wanted.shown == "mine":
        found = found.filter(holder_id=wanted.user_id)
    elif wanted.shown == "unassigned":
        found = found.filter(_IN_QUEUE)
    elif wanted.shown == "waiting":
        found = found.filter(waiting_since__isnull=False)
    elif wanted.shown == "late":
        found = found.filter(waiting_since__lt=timezone.now() - LATE_AFTER)
    elif wanted.shown == "alert":
        found = found.filter(
            Exists(Alert.objects.filter(conversation=OuterRef("pk"), ended_at=None))
        )
    if wanted.channel:
        found = found.filter(channel=wanted.channel)
    if wanted.locale:
        found = found.filter(locale=wanted.locale)
    if wanted.words:
        found = found.filter(_found(wanted.words) | Q(pk__in=wanted.also))
    order = "waiting_since" if wanted.shown in OLDEST_FIRST else "-last_message_at"
    if wanted.before is not None:
        found = found.filter(_after_row(order, *wanted.before))
    if wanted.words:
        matching = _matching(_MESSAGES, wanted.words).order_by("-seq").values("text")[:1]
        found = found.annotate(matched_text=Subquery(matching))
    return shown_in_lists(found).order_by(order, "id")[:limit]


def shown_in_lists(found: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """``found`` with what lists show of them: who said what last, whether there is an alarm."""
    newest = _MESSAGES.order_by("-seq")
    return found.annotate(
        last_text=Subquery(newest.values("text")[:1]),
        last_author=Subquery(newest.values("author")[:1]),
        is_alarming=Exists(Alert.objects.filter(conversation=OuterRef("pk"), ended_at=None)),
    ).select_related("contact_point__resident", "holder", "team")


_MESSAGES = Message.objects.filter(conversation=OuterRef("pk"))
_IN_QUEUE = Q(holder=None) & (Q(waiting_since__isnull=False) | Q(handler=Handler.AGENT))


def queue_count() -> int:
    """How many wait for a person and have none."""
    return Conversation.objects.filter(holder=None, waiting_since__isnull=False).count()


def is_late(conversation: Conversation, *, now: datetime) -> bool:
    """Whether the person has waited too long for an agent's word."""
    since = conversation.waiting_since
    return since is not None and since < now - LATE_AFTER


def can_answer(user: User) -> bool:
    """Whether a conversation may be handed to ``user``."""
    return user.is_active and user.has_perm("conversations.answer_conversation")


def colleagues_of(user: User) -> QuerySet[User]:
    """Who else may be handed a conversation, by name."""
    found = User.objects.with_perm("conversations.answer_conversation")
    return found.exclude(pk=user.pk).order_by("first_name", "username")


def teams() -> QuerySet[Team]:
    """Teams that somebody is in."""
    return Team.objects.filter(members__isnull=False).distinct()


def entries_between(*, conversation: Conversation, first_seq: int) -> dict[int, list[DeskEntry]]:
    """What stands in the margin from ``first_seq`` on, by the message that it stands after."""
    found: dict[int, list[DeskEntry]] = {}
    entries = conversation.entries.filter(after_seq__gte=first_seq)
    for entry in entries.select_related("author", "colleague", "team").order_by("id"):
        found.setdefault(entry.after_seq, []).append(entry)
    return found


def draft_of(*, conversation: Conversation, user: User) -> Draft | None:
    """What ``user`` was writing there."""
    return conversation.drafts.filter(author=user).first()


def said_after(*, conversation: Conversation, seq: int) -> list[Message]:
    """What was said after ``seq``, in order."""
    return list(conversation.messages.filter(seq__gt=seq).select_related("agent").order_by("seq"))


def templates_for(conversation: Conversation) -> list[ReplyTemplate]:
    """The reply templates that agents may use, those of the person's language first."""
    found = ReplyTemplate.objects.filter(is_active=True)
    return sorted(found, key=lambda one: (one.locale != conversation.locale, one.name))


def history_of(*, residents: Iterable[uuid.UUID], limit: int) -> list[Message]:
    """The newest messages of a person on every channel, in the order in which they were said."""
    newest = (
        Message.objects.filter(conversation__contact_point__resident__in=list(residents))
        .select_related("conversation", "agent")
        .order_by("-created_at", "-id")[:limit]
    )
    return list(newest)[::-1]


def _found(words: str) -> Q:
    notes = DeskEntry.objects.filter(kind=EntryKind.NOTE).annotate(
        words=SearchVector("text", config=SEARCH_CONFIG)
    )
    said = _matching(Message.objects.all(), words).values("conversation")
    noted = notes.filter(words=_query(words)).values("conversation")
    return Q(pk__in=said) | Q(pk__in=noted)


def _matching(messages: QuerySet[Message], words: str) -> QuerySet[Message]:
    vector = SearchVector("text", config=SEARCH_CONFIG)
    return messages.annotate(words=vector).filter(words=_query(words))


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch")


def _after_row(order: str, at: datetime, number: uuid.UUID) -> Q:
    name = order.lstrip("-")
    step = "lt" if order.startswith("-") else "gt"
    return Q(**{f"{name}__{step}": at}) | Q(**{name: at, "id__gt": number})
