"""Forms of a call in the shape that Twilio documents, with made-up numbers."""

from __future__ import annotations

import json
from pathlib import Path

_FOLDER = Path(__file__).parent / "fixtures"


def payload(name: str) -> dict[str, str]:
    """A form as it comes."""
    loaded: dict[str, str] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded
