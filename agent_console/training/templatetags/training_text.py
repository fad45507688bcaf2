"""How corrections are said on these pages, and on that of missed sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from agent_console.analytics.models import MissedSentence
from agent_console.conversations.models import Message
from agent_console.meanings import entities, understood_label

from ..models import Correction
from ..permissions import CORRECT
from ..selectors import Standing, live_states, standings

register = template.Library()


@register.simple_tag
def corrected(sentences: Iterable[MissedSentence]) -> dict[int, Correction]:
    """By message, the corrections of a page's sentences that are proposed or accepted."""
    return live_states([one.message_id for one in sentences])


@register.simple_tag(takes_context=True)
def standing_of(
    context: Mapping[str, Any], timeline: Iterable[tuple[Message, object]]
) -> dict[int, Standing]:
    """By message, those of a conversation that can be marked as misunderstood, or are.

    None for whoever may not correct them.
    """
    if not context["request"].user.has_perm(CORRECT):
        return {}
    return standings([message.pk for message, _ in timeline])


@register.filter
def of[T](found: dict[int, T], message_id: int) -> T | None:
    """One of them."""
    return found.get(message_id)


@register.filter
def entity_label(name: str) -> str:
    """What is marked, in French; a name that is gone since stays as it was."""
    known = entities().get(name)
    return known.label.lower() if known else name


@register.filter
def understood_as(intent: str) -> str:
    """What the assistant took a sentence for, in French."""
    return understood_label(intent)


@register.filter
def percent(share: float) -> str:
    """0.314 as « 31 % »."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
