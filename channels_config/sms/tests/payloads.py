"""Payloads in the shape that Twilio documents, with made-up numbers."""

from __future__ import annotations

import json
from pathlib import Path

_FOLDER = Path(__file__).parent / "fixtures"


def payload(name: str, **changed: str) -> dict[str, str]:
    """A recorded form, some fields changed."""
    loaded: dict[str, str] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded | changed
