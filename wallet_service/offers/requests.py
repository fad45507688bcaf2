"""How a write of the offers is known again: who sent it, with which key, asking for what."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping

from wallet_service.ledger.idempotency import Request

type Value = str | int | bool | uuid.UUID | dt.date | list[str] | None


def request_of(*, client: str, key: str, operation: str, asked: Mapping[str, Value]) -> Request:
    """The request behind an idempotency key; ``asked`` holds all that makes it this request.

    Values go in as JSON, so that nothing (``None``) and an empty text stay apart.
    """
    arguments = {
        name: json.dumps(value, default=str, ensure_ascii=False) for name, value in asked.items()
    }
    return Request(client=client, key=key, operation=operation, arguments=arguments)


def utc(moment: dt.datetime) -> str:
    """``moment`` as the API writes it: UTC, to the millisecond."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
