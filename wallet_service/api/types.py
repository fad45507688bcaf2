"""Bounded types of the requests: what is not exactly right is refused, never converted."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any

from ninja import Field, Header
from pydantic import BeforeValidator, StringConstraints

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"[0-9]{1,3}")


def _canonical_uuid(value: Any) -> Any:
    """Only the 36-character form; Python's parser also takes braces, URNs and bare digits."""
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("a UUID of 36 characters is expected")
    return value


def _plain_digits(value: Any) -> Any:
    """Query parameters are text: plain digits only, no sign, space, underscore or fraction."""
    if isinstance(value, int) or (isinstance(value, str) and _WHOLE.fullmatch(value)):
        return value
    raise ValueError("a whole number is expected")


Uuid = Annotated[uuid.UUID, BeforeValidator(_canonical_uuid)]
PageLimit = Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=100)]
# Visible ASCII, chosen by the caller; the console sends "<report>:<step>" and the like.
IdempotencyKeyHeader = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$"),
    Header(alias="Idempotency-Key"),
]
RuleCode = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
]
# A code and never a sentence: a sentence could hold personal data.
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
