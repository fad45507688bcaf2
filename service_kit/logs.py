"""JSON log lines that cannot carry personal data by accident.

A log record's extra fields pass an allow-list: identifiers, codes and durations.  Whatever else a
caller adds (a text, a phone number, an address) is dropped before it is written.
"""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

ALLOWED_FIELDS = frozenset(
    {
        "attempt",
        "batch",
        "block_number",
        "channel",
        "code",
        "consultation_id",
        "conversation_id",
        "count",
        "delivery_id",
        "duration_ms",
        "entry_id",
        "job_id",
        "method",
        "missing",
        "nonce",
        "operation",
        "outcome",
        "redemption_id",
        "report_id",
        "reward_id",
        "route",
        "sequence",
        "state",
        "status_code",
        "task_name",
        "transaction_hash",
        "turn_id",
        "wallet_id",
    }
)
_FORMAT = "%(levelname)s %(name)s %(message)s"


class PrivacyJsonFormatter(JsonFormatter):
    """Writes the standard fields, the service's name and the allow-listed extras, nothing else."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        kept = {"time", "level", "logger", "message", "service", "exc_info", "stack_info"}
        return {
            key: value for key, value in log_data.items() if key in kept or key in ALLOWED_FIELDS
        }

    def formatException(  # noqa: N802 - the name is the standard library's
        self, ei: Any
    ) -> str:
        """The traceback without the exception's own text, which may quote a person's words."""
        kind, _, trace = ei
        lines: list[str] = []
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"{code.co_filename}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        return "\n".join([*lines, kind.__name__ if kind else "None"])


def logging_config(service: str, *, level: str = "INFO") -> dict[str, Any]:
    """A ``logging.config.dictConfig`` mapping: JSON lines on standard error, named ``service``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": PrivacyJsonFormatter,
                "fmt": _FORMAT,
                "timestamp": "time",  # ISO 8601, UTC
                "rename_fields": {"levelname": "level", "name": "logger"},
                "static_fields": {"service": service},
                "json_ensure_ascii": False,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # These log whole URLs, queries or job arguments at INFO.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "django.db.backends": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "WARNING"},  # four lines at every sign-in
            # Quotes what it could not read of an answer.
            "telegram": {"level": "CRITICAL"},
            "uvicorn.access": {"level": "WARNING"},
            # Servers bring handlers of their own: theirs go, the lines come here instead.  Their
            # INFO lines hold visitors' addresses.
            "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
            "uvicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            # Refused requests (4xx) are counted by the caller; their paths may hold references.
            "django.request": {"level": "ERROR"},
        },
    }


def get_logger(name: str) -> logging.Logger:
    """The module's logger; pass ``extra=`` with allow-listed fields only."""
    return logging.getLogger(name)
