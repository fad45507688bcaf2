"""``bot.serve`` with Rasa's own REST channel instead of the hub: what our turns are compared with.

Model, policies, tracker store and lock store are the product's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot import project, serve


def main() -> int:
    """Serve until told to stop."""
    project.CREDENTIALS = Path(__file__).parent / "rest.yml"
    return serve.main()


if __name__ == "__main__":
    sys.exit(main())
