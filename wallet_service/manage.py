"""Command line of the wallet: ``python -m wallet_service.manage <command>``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one management command with the wallet's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_service.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
