"""What console screens listen to: names of lists and pages, never their content."""

from __future__ import annotations

from collections.abc import Iterable

from agent_console.intake import access

_PERMISSION_BY_PREFIX = {
    "alerts": access.VIEW_CONVERSATIONS,
    "queue": access.VIEW_CONVERSATIONS,
    "availability": access.VIEW_CONVERSATIONS,
    "offers": access.VIEW_CONVERSATIONS,
    "mentions": access.VIEW_CONVERSATIONS,
    "presence": access.VIEW_CONVERSATIONS,
    "conversations": access.VIEW_CONVERSATIONS,
    "conversation": access.VIEW_CONVERSATIONS,
    "reports": access.VIEW_REPORTS,
    "report": access.VIEW_REPORTS,
    "oncall": access.VIEW_REPORTS,
    "outages": access.VIEW_REPORTS,
    "calls": access.VIEW_CONVERSATIONS,
}


def visible(topics: Iterable[str], permissions: frozenset[str]) -> set[str]:
    """The ``topics`` that somebody with ``permissions`` may hear of; unknown kinds are dropped."""
    return {
        topic
        for topic in topics
        if _PERMISSION_BY_PREFIX.get(topic.partition(":")[0]) in permissions
    }
