"""What console screens listen to: names of lists and pages, never their content."""

from __future__ import annotations

from collections.abc import Iterable

from agent_console.intake import access

_PERMISSION_BY_PREFIX = {
    "conversations": access.VIEW_CONVERSATIONS,
    "conversation": access.VIEW_CONVERSATIONS,
    "reports": access.VIEW_REPORTS,
    "report": access.VIEW_REPORTS,
    "oncall": access.VIEW_REPORTS,
}


def visible(topics: Iterable[str], permissions: frozenset[str]) -> set[str]:
    """The ``topics`` that somebody with ``permissions`` may hear of; unknown kinds are dropped."""
    return {
        topic
        for topic in topics
        if _PERMISSION_BY_PREFIX.get(topic.partition(":")[0]) in permissions
    }
