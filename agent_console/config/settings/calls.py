"""When people answer, until a supervisor says otherwise at ``/console/settings/desk/``."""

from .env import env

# Whole hours, Monday to Friday, Europe/Paris; the Metropolis publishes none for 0 800 94 94 08.
HELP_DESK_HOURS: str = env.str("HELP_DESK_HOURS", default="") or "8-18"
