"""Writes about what callers are told first.  Each public function is one transaction."""

import re

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.conversations.announce import announce_console

from .callbacks import TOPIC
from .errors import AnnouncementInvalid
from .models import Announcement, AnnouncementKind

CHARS_MAX = 300
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)  # nobody writes down what a voice spells


@transaction.atomic
def announcement_start(
    *, kind: AnnouncementKind, text: str, closes_desk: bool, actor: User
) -> Announcement:
    """Tell every caller from now on; raises ``AnnouncementInvalid``."""
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > CHARS_MAX or "\x00" in cleaned or _ADDRESS.search(cleaned):
        raise AnnouncementInvalid
    made = Announcement.objects.create(
        kind=kind, text=cleaned, closes_desk=closes_desk, started_by=actor
    )
    announce_console(topics=[TOPIC])
    return made


@transaction.atomic
def announcement_end(*, announcement_id: int, actor: User) -> None:
    """Tell nobody any more; ending it twice keeps who was first."""
    Announcement.objects.filter(pk=announcement_id, ended_at=None).update(
        ended_by=actor, ended_at=timezone.now()
    )
    announce_console(topics=[TOPIC])
