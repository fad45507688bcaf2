"""The desk's names and its mark in the navigation."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User

from agent_console.conversations.desk.mentions import mentions_unread
from agent_console.conversations.desk.selectors import queue_count
from agent_console.conversations.routing.models import (
    LOCALES,
    WRITTEN_CHANNELS,
    AvailabilityState,
    RoutingChange,
    Skillset,
)
from agent_console.conversations.routing.selectors import availability_of, offers_of
from agent_console.intake import access

register = template.Library()


@register.filter
def agent_name(user: User | None) -> str:
    """How colleagues call an agent."""
    return "" if user is None else user.get_full_name() or user.get_username()


@register.simple_tag
def waiting_count() -> int:
    """How many wait for a person and have none; one query over those that wait."""
    return queue_count()


@register.inclusion_tag("intake/parts/queue_link.html")
def queue_link(section: str) -> dict[str, Any]:
    """The navigation's link to the conversations."""
    return {"is_current": section == "desk"}


@register.inclusion_tag("intake/parts/availability_buttons.html", takes_context=True)
def my_availability(context: dict[str, Any]) -> dict[str, Any]:
    """What the agent last said of themselves, and the buttons to say otherwise; one query."""
    found = availability_of(context["user"])
    return {
        "state": found.state if found else "",
        "states": AvailabilityState.choices,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("intake/parts/offers_bar.html", takes_context=True)
def my_offers(context: dict[str, Any]) -> dict[str, Any]:
    """Conversations that are offered to the agent, for those who may read them; one query."""
    user = context["user"]
    if not user.has_perm(access.VIEW_CONVERSATIONS):
        return {"offers": []}
    return {"offers": list(offers_of(user)), "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def my_mentions(context: dict[str, Any]) -> int:
    """How many notes name the agent that they have not read; one query."""
    return mentions_unread(context["user"]).count()


@register.filter
def skill_locales(skills: Skillset) -> str:
    """The languages of an agent, in French."""
    return _in_words(LOCALES, skills.locales)


@register.filter
def skill_channels(skills: Skillset) -> str:
    """The channels that an agent answers on."""
    return _in_words(WRITTEN_CHANNELS, skills.channels)


@register.filter
def differences(change: RoutingChange) -> list[tuple[str, str, str]]:
    """What a change changed: the field, what it was (empty when it was new) and what it is."""
    return [
        (name, _said(change.before[name]) if name in change.before else "", _said(value))
        for name, value in change.after.items()
        if change.before.get(name) != value
    ]


def _in_words(choices: list[tuple[str, str]], codes: list[str]) -> str:
    return ", ".join(label for code, label in choices if code in codes) or "Aucune"


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "aucun"
    return str(value)
