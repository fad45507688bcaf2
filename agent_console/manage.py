"""Django's command line for the console: ``python -m agent_console.manage <command>``."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agent_console.config.settings")
    execute_from_command_line(sys.argv)
