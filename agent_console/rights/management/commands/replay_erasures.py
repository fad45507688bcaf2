"""``manage replay_erasures``: after a restored backup, of the console or of the wallet, erase again
whoever was erased since and close their wallets."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from agent_console.rights.closed_wallets import wallets_named, wallets_replay
from agent_console.rights.erasing import erasures_replay
from agent_console.rights.register import register_residents


class Command(BaseCommand):
    help = "Erase again whoever the register names, and close again the wallets of erased people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--register", type=Path, help="the newest copy of the register, if not the one in place"
        )
        parser.add_argument(
            "--wallets", type=Path, help="the newest copy of wallets.txt, if not the one in place"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = register_residents(options["register"])
        self.stdout.write(f"{erasures_replay(resident_ids=named)} of {len(named)} erased again")
        closed = wallets_replay(wallet_ids=wallets_named(options["wallets"]))
        self.stdout.write(f"{closed} wallets are closed")
