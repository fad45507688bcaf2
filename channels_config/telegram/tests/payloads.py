"""Updates in the shape that Telegram documents, with made-up people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "fixtures"
RECORDED = 555000111


def update(name: str, chat: int = RECORDED, **changed: Any) -> dict[str, Any]:
    """A recorded update from another chat; ``changed`` are fields of its message."""
    text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text.replace(str(RECORDED), str(chat)))
    body = next(value for key, value in loaded.items() if key != "update_id")
    body.update(changed)
    return loaded
