"""Whether Telegram is on, read from the settings at each call."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse

_TOKEN = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}")
# Bot API, setWebhook: 1 to 256 of these signs; ours is a secret, so it is long.
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")


def is_on() -> bool:
    """Whether messages can be sent, and fetched by polling."""
    return bool(_TOKEN.fullmatch(settings.TELEGRAM_BOT_TOKEN))


def is_webhook_on() -> bool:
    """Whether Telegram may call us: it must prove that it knows the secret."""
    return is_on() and bool(_SECRET.fullmatch(settings.TELEGRAM_WEBHOOK_SECRET))


def bot_id() -> str:
    """The bot's number, which its token starts with; no secret."""
    return settings.TELEGRAM_BOT_TOKEN.partition(":")[0]


def webhook_address() -> str:
    """Where Telegram is to call us."""
    return settings.PUBLIC_BASE_URL + reverse("telegram:webhook")


def said_at_start() -> str:
    """One line for who starts the service."""
    if not is_on():
        return "Telegram désactivé : manquant ou invalide : TELEGRAM_BOT_TOKEN"
    if not is_webhook_on():
        return (
            "Telegram activé sans webhook (TELEGRAM_WEBHOOK_SECRET : 32 signes ou plus) : "
            "« manage.py telegram poll » va chercher les messages"
        )
    return "Telegram activé"
