"""Colleagues named in a note: they are told, and find it listed until they have read it."""

import re
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..announce import announce_console
from .models import DeskEntry, Mention
from .selectors import colleagues_of

# "@camille.durand" at the start of a word; an address in a note ("a@b.fr") names nobody.
_NAMED = re.compile(r"(?<![\w.@+-])@([\w.@+-]{1,150})")
_READ_SHOWN = 20


@dataclass(frozen=True)
class Named:
    """Who was named, and names that are nobody's (with their @)."""

    users: list[User] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def named_in(text: str, *, author: User) -> Named:
    """The colleagues whom a note names by their account, each once; its author is none of them."""
    said = list(dict.fromkeys(_NAMED.findall(text)))
    if not said:
        return Named()
    known = {one.username.lower(): one for one in colleagues_of(author)}
    found = Named()
    for name in said:
        # A full stop may end the sentence and not the name.
        user = known.get(name.lower()) or known.get(name.lower().rstrip(".-+@"))
        if user is not None and user not in found.users:
            found.users.append(user)
        elif user is None and name.lower().rstrip(".-+@") != author.username.lower():
            found.unknown.append(f"@{name}")
    return found


def mentions_add(entry: DeskEntry, *, author: User) -> None:
    """Tell whom a new note names; part of the note's transaction."""
    users = named_in(entry.text, author=author).users
    Mention.objects.bulk_create(Mention(entry=entry, user=user) for user in users)
    if users:
        announce_console(topics=[topic_of(user.pk) for user in users])


@transaction.atomic
def mention_read(*, mention_id: int, user: User) -> Mention | None:
    """``user`` has read it; again is the same, and ``None`` when it is nobody's or another's."""
    mention = Mention.objects.select_for_update().filter(pk=mention_id, user=user).first()
    if mention is not None and mention.read_at is None:
        mention.read_at = timezone.now()
        mention.save(update_fields=["read_at"])
        announce_console(topics=[topic_of(user.pk)])
    return mention


def mentions_unread(user: User) -> QuerySet[Mention]:
    """What ``user`` has not read, the newest first."""
    return _shown(user).filter(read_at=None)


def mentions_read(user: User) -> QuerySet[Mention]:
    """What ``user`` read last."""
    return _shown(user).filter(read_at__isnull=False)[:_READ_SHOWN]


def topic_of(user_id: int) -> str:
    """What the page of an agent listens to."""
    return f"mentions:{user_id}"


def _shown(user: User) -> QuerySet[Mention]:
    found = Mention.objects.filter(user=user).select_related("entry__author", "entry__conversation")
    return found.order_by("-pk")
