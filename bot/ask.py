"""How the trained model understands a sentence: ``python -m bot.ask "il y a un trou"``.

Prints one JSON object: the intent to act on, the category of a report, the entities.  For whoever
has just trained: nothing is said to anybody, and no conversation is kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot import project


def ask(model: Path, text: str) -> dict[str, Any]:
    """``intent`` and ``category`` by name with their confidence, ``entities`` as name and words."""
    from rasa.core.agent import Agent

    parsed = asyncio.run(Agent.load(str(model)).parse_message(text))
    return {
        "intent": parsed["intent"],
        "category": parsed.get("category"),
        "entities": [[one["entity"], one["value"]] for one in parsed["entities"]],
    }


def main() -> int:
    """Command line entry."""
    from bot.logs import configure_logging

    parser = argparse.ArgumentParser(prog="python -m bot.ask", description=__doc__)
    parser.add_argument("text")
    parser.add_argument(
        "--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "var")), metavar="DIR"
    )
    arguments = parser.parse_args()
    configure_logging()
    model = project.newest_model(arguments.data_dir)
    if model is None:
        sys.stderr.write("no trained model: run python -m bot.train first\n")
        return 1
    found = ask(model, arguments.text)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
