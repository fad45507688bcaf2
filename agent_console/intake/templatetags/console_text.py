"""Numbers and words the way French writes them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agent_console.citizens.numbers import hidden
from agent_console.conversations.models import Author, Conversation

register = template.Library()
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


@register.filter
def number(count: int) -> str:
    """``1234`` → ``1 234``."""
    return f"{count:,}".replace(",", NARROW_NO_BREAK_SPACE)


@register.filter
def points(count: int) -> str:
    """``1234`` → ``1 234 points``; French keeps the singular for 0 and 1."""
    return f"{number(count)}{NO_BREAK_SPACE}{'points' if abs(count) >= 2 else 'point'}"


@register.simple_tag
def badge(kind: str, label: str) -> SafeString:
    """A state as a coloured word; the word alone carries the meaning."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, label)


@register.filter
def visitor(conversation: Conversation) -> str:
    """A name to speak of somebody who gave none: the start of the conversation's number."""
    return f"Visiteur{NO_BREAK_SPACE}{str(conversation.pk)[:6]}"


@register.filter
def number_hidden(text: str) -> str:
    """``06 12 34 56 78`` → ``06 •• •• •• 78``."""
    return hidden(text)


@register.filter
def author_label(author: str) -> str:
    """Who speaks, in French; an unknown author is shown as stored."""
    return dict(Author.choices).get(author, author)
