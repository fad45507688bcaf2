"""The alarm bars of every console page."""

from __future__ import annotations

from typing import Any

from django import template

from agent_console.conversations.alerts import alerts_open
from agent_console.intake import access
from agent_console.reports.outage_reads import outages_on
from agent_console.reports.selectors import pages_open

register = template.Library()


@register.inclusion_tag("intake/parts/oncall_pages.html", takes_context=True)
def oncall_pages(context: dict[str, Any]) -> dict[str, Any]:
    """Dangers that nobody took up, for those who may read reports; one query, or none."""
    user = context.get("user")
    if user is None or not user.has_perm(access.VIEW_REPORTS):
        return {"pages": []}
    return {
        "pages": list(pages_open()[:20]),
        "may_acknowledge": user.has_perm(access.ACKNOWLEDGE_PAGES),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("intake/parts/conversation_alerts.html", takes_context=True)
def conversation_alerts(context: dict[str, Any]) -> dict[str, Any]:
    """People who may be in danger, for those who may read conversations; one query, or none."""
    user = context.get("user")
    if user is None or not user.has_perm(access.VIEW_CONVERSATIONS):
        return {"alerts": []}
    return {
        "alerts": list(alerts_open()[:20]),
        "may_acknowledge": user.has_perm(access.ACKNOWLEDGE_ALERTS),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("intake/parts/outages_banner.html", takes_context=True)
def outages_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Outages that are on, for those who may read reports; one query while there are none."""
    user = context.get("user")
    if user is None or not user.has_perm(access.VIEW_REPORTS):
        return {"outages": []}
    return {"outages": list(outages_on()[:10])}
