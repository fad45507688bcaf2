"""``bot.serve`` with the bench's endpoints, on one core: ``python -m bot.bench.server``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot import project, serve

CORE = 0


def main() -> int:
    """Serve until told to stop."""
    os.sched_setaffinity(0, {CORE})
    project.ENDPOINTS = Path(__file__).parent / "endpoints.yml"
    return serve.main()


if __name__ == "__main__":
    sys.exit(main())
