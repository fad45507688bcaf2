"""``manage.py telegram setwebhook|check|poll``."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from telegram.error import TelegramError

from channels_config.telegram import config, polling, setup


class Command(BaseCommand):
    help = "Register the webhook and the commands menu, check them, or fetch messages by polling."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["setwebhook", "check", "poll"])

    def handle(self, *args: Any, **options: Any) -> None:
        if not config.is_on():
            raise CommandError("TELEGRAM_BOT_TOKEN manque ou n’est pas un jeton de bot.")
        try:
            self._run(options["what"])
        except TelegramError as error:
            # Its text may hold the token's address.
            raise CommandError(
                f"Telegram refuse ou ne répond pas ({type(error).__name__})."
            ) from None

    def _run(self, what: str) -> None:
        if what == "poll":
            self.stdout.write("Telegram : les messages sont cherchés (Ctrl-C arrête).")
            polling.poll()
            return
        if what == "setwebhook":
            self._webhook_can_be_set()
            setup.webhook_set()
        problems = setup.webhook_problems()
        for line in problems:
            self.stderr.write(line)
        if problems:
            sys.exit(1)
        self.stdout.write(f"Telegram : le webhook {config.webhook_address()} est en place.")

    def _webhook_can_be_set(self) -> None:
        if not config.is_webhook_on():
            raise CommandError(
                "TELEGRAM_WEBHOOK_SECRET manque : 32 à 256 lettres, chiffres, « _ » ou « - »."
            )
        if not config.webhook_address().startswith("https://"):
            raise CommandError("PUBLIC_BASE_URL doit commencer par https:// : Telegram l’exige.")
