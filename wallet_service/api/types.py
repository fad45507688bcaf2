"""Bounded types of the requests: what is not exactly right is refused, never converted."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Annotated, Any

from ninja import Field, Header
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

# What is outside is a typing error, and far outside no calendar arithmetic works.
FIRST_YEAR, LAST_YEAR = 2020, 2100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
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


def _iso(form: re.Pattern[str]) -> BeforeValidator:
    """Only the written form; the parser also takes numbers, which mean seconds to it."""

    def check(value: Any) -> Any:
        if isinstance(value, dt.date) or (isinstance(value, str) and form.fullmatch(value)):
            return value
        raise ValueError("an ISO 8601 date is expected")

    return BeforeValidator(check)


def _year_in_bounds[D: dt.date](value: D) -> D:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"a year between {FIRST_YEAR} and {LAST_YEAR} is expected")
    return value


Day = Annotated[dt.date, _iso(_DAY), AfterValidator(_year_in_bounds)]
Moment = Annotated[AwareDatetime, _iso(_MOMENT), AfterValidator(_year_in_bounds)]
Uuid = Annotated[uuid.UUID, BeforeValidator(_canonical_uuid)]
PageLimit = Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=100)]
# Visible ASCII, chosen by the caller; the console sends "<report>:<step>" and the like.
IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
IdempotencyKeyHeader = Annotated[IdempotencyKey, Header(alias="Idempotency-Key")]
# A keyed digest made by the console; opaque here.
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RuleCode = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
]
CampaignCode = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
# A code and never a sentence: a sentence could hold personal data.
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
