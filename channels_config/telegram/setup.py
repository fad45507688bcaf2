"""What Telegram must know of us: where to call, with which secret, and the commands menu."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from telegram import Bot, BotCommand, WebhookInfo

from . import config
from .client import client
from .commands import MENU
from .parse import ALLOWED_UPDATES

_CONNECTIONS_MAX = 40
_WAITING_MANY = 100


def webhook_set() -> None:
    """Register the webhook with its secret, and the menu in both languages; doing it again is
    harmless and keeps what waits.  Raises ``TelegramError``."""
    client().call(
        lambda bot: bot.set_webhook(
            url=config.webhook_address(),
            secret_token=settings.TELEGRAM_WEBHOOK_SECRET,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=_CONNECTIONS_MAX,
            drop_pending_updates=False,
        )
    )
    menu_set()


def menu_set() -> None:
    """Register the commands menu.  Raises ``TelegramError``."""
    french = [BotCommand(command.name, command.fr) for command in MENU]
    english = [BotCommand(command.name, command.en) for command in MENU]
    client().call(lambda bot: _menu_set(bot, french, english))


async def _menu_set(bot: Bot, french: Sequence[BotCommand], english: Sequence[BotCommand]) -> None:
    await bot.set_my_commands(french)
    await bot.set_my_commands(english, language_code="en")


def webhook_problems() -> list[str]:
    """What is wrong with the webhook as Telegram knows it, in French; empty when all is well."""
    return list(_problems(client().call(Bot.get_webhook_info)))


def _problems(info: WebhookInfo) -> list[str]:
    found = []
    if info.url != config.webhook_address():
        found.append("Telegram : le webhook enregistré n’est pas celui de ce service.")
    if set(info.allowed_updates or ()) != set(ALLOWED_UPDATES):
        found.append("Telegram : les types de messages demandés ne sont pas les nôtres.")
    if info.pending_update_count > _WAITING_MANY:
        found.append(f"Telegram : {info.pending_update_count} messages attendent d’être lus.")
    if info.last_error_date is not None and info.pending_update_count:
        found.append(f"Telegram : dernier échec le {info.last_error_date:%d/%m à %H:%M} UTC.")
    return found
