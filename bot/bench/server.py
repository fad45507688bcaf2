"""``bot.serve`` with the bench's endpoints, on one core: ``python -m bot.bench.server [--rest]``.

``--rest`` serves Rasa's own REST channel instead of the hub: Rasa as it ships, without what the hub
spares a turn (``bot.hub.once``) or asks of it (``bot.hub.runner``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot import project, serve

CORE = 0
_HERE = Path(__file__).parent


def main() -> int:
    """Serve until told to stop."""
    os.sched_setaffinity(0, {CORE})
    project.ENDPOINTS = _HERE / "endpoints.yml"
    if "--rest" in sys.argv[1:]:
        project.CREDENTIALS = _HERE / "rest.yml"
    return serve.main()


if __name__ == "__main__":
    sys.exit(main())
