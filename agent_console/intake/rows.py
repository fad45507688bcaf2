"""Rows of the conversations' list as sockets carry them: the list's own template, nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.conversations.desk.selectors import is_late
from agent_console.conversations.models import Conversation


@dataclass(frozen=True)
class Row:
    """One conversation as it is in the list. ``changed`` together with ``id`` names this state."""

    id: UUID
    seq: int
    changed: int
    html: str

    def frame(self) -> dict[str, object]:
        """The row in a server frame."""
        return {"id": str(self.id), "seq": self.seq, "changed": self.changed, "html": self.html}


def rendered(conversations: Iterable[Conversation], *, now: datetime | None = None) -> list[Row]:
    """What the list shows of ``conversations``, in their order."""
    now = now or timezone.now()
    return [
        Row(
            id=row.pk,
            seq=row.last_seq,
            changed=row.changed_in,
            html=render_to_string(
                "intake/parts/desk_row.html", {"row": row, "is_late": is_late(row, now=now)}
            ).strip(),
        )
        for row in conversations
    ]
