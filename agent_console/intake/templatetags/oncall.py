"""The alarm bar of every console page."""

from __future__ import annotations

from typing import Any

from django import template

from agent_console.intake import access
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
