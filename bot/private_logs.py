"""JSON log lines that cannot carry what people wrote; for Rasa and for the action server.

Both libraries format messages, slots and whole conversations into their own log lines and
exceptions.  So the text of a line is kept only when its logger is known never to see a
conversation; of every other line remain the logger, the place in the code and the type of the
error, which is enough to find the cause.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

# The only extra fields that a line may carry: ids, codes, counts, durations.
_FIELDS = (
    "action",
    "attempt",
    "channel",
    "code",
    "conversation",
    "duration_ms",
    "intent",
    "missing",
    "replayed",
    "replies",
    "service_called",
    "status",
    "turn",
)
_CAUSES_MAX = 6


class PrivateJsonFormatter(logging.Formatter):
    """One JSON object a line, named ``service``; ``trusted`` loggers keep their text."""

    def __init__(self, service: str, trusted: Sequence[str]) -> None:
        super().__init__()
        self._service = service
        self._trusted = frozenset(trusted)

    def format(self, record: logging.LogRecord) -> str:
        """Render ``record``; an exception keeps its types and places, not its text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        if {record.name, record.name.split(".")[0]} & self._trusted:
            line["message"] = record.getMessage()
        line.update({f: getattr(record, f) for f in _FIELDS if hasattr(record, f)})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_chain(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def error_chain(error: BaseException) -> list[str]:
    """``Type@module:line`` for an exception and its causes, outermost first."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < _CAUSES_MAX:
        frames = traceback.extract_tb(current.__traceback__)
        place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
        chain.append(f"{type(current).__module__}.{type(current).__name__}@{place}")
        current = current.__cause__ or current.__context__
    return chain
