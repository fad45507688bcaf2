"""What the processes logged during a test, for the report of one that fails."""

from pathlib import Path

# Those whose logs say why an answer did not come; the supervisor's says who died.
NAMES = ("supervisord", "console", "worker", "rasa", "actions")
_LINES_MAX = 25
_LINE_MAX = 400


class Logs:
    """The logs' growth since this was made.  They hold no personal data (``service_kit.logs``)."""

    def __init__(self, folder: Path) -> None:
        self._files = [folder / f"{name}.log" for name in NAMES]
        self._sizes = {file: _size(file) for file in self._files}

    def told(self) -> str:
        """The last lines of each, long ones cut."""
        parts = []
        for file in self._files:
            # A log that was begun anew meanwhile is smaller than it was.
            start = self._sizes[file] if _size(file) >= self._sizes[file] else 0
            text = file.read_bytes()[start:].decode(errors="replace") if _size(file) else ""
            lines = [line[:_LINE_MAX] for line in text.splitlines()[-_LINES_MAX:]]
            parts.append("\n".join((f"--- {file.name}", *lines)))
        return "\n".join(parts)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
