"""Run the Rasa server: ``python -m bot.serve``.

Environment: RASA_TOKEN, ACTIONS_URL, ACTIONS_TOKEN, RASA_DATABASE_URL, VALKEY_HOST, VALKEY_PORT,
VALKEY_PASSWORD, and if wanted BIND_HOST (127.0.0.1), RASA_PORT (5005), DATA_DIR (var).

The same as ``rasa run`` with our files, plus what its command line leaves open: private logs, the
model of the present sources, and a start that fails clearly when a variable is missing. What it
serves is the hub and the health pages (``bot.connector``), nothing else of Rasa.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot import project

REQUIRED = (
    "RASA_TOKEN",
    "ACTIONS_URL",
    "ACTIONS_TOKEN",
    "RASA_DATABASE_URL",
    "VALKEY_HOST",
    "VALKEY_PORT",
    "VALKEY_PASSWORD",
)
# Sanic gives a request this long, seconds; the hub's own budget for a turn is shorter.
RESPONSE_TIMEOUT_S = 60


def main() -> int:
    """Serve until told to stop; 2 when the environment or the model is missing."""
    missing = [name for name in REQUIRED if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"not set: {', '.join(missing)}\n")
        return 2
    data_dir = Path(os.environ.get("DATA_DIR", "var"))
    model = project.newest_model(data_dir)
    if model is None:
        sys.stderr.write("no trained model: run python -m bot.train first\n")
        return 2
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("SANIC_WORKERS", "1")
    # Rasa 3.6.21 passes ``response_timeout`` on only with its API; Sanic reads this by itself.
    os.environ.setdefault("SANIC_RESPONSE_TIMEOUT", str(RESPONSE_TIMEOUT_S))

    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from bot.logs import configure_logging

    configure_logging()
    serve_application(
        model_path=str(model),
        interface=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(os.environ.get("RASA_PORT", "5005")),
        credentials=str(project.CREDENTIALS),
        # Only the hub is served. Rasa's own HTTP API would write to a conversation past the hub,
        # which runs each turn once, and would show whole conversations.
        enable_api=False,
        cors="",
        endpoints=AvailableEndpoints.read_endpoints(str(project.ENDPOINTS)),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
