"""What the bodies of several topics share."""

from __future__ import annotations

import uuid

from ninja import Field, Schema
from pydantic import ConfigDict

from wallet_service.api.types import PageLimit, Uuid


class RequestSchema(Schema):
    """A request body: unknown fields are refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(RequestSchema):
    cursor: Uuid | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: PageLimit = 20


class Page(Schema):
    """What every page of a list has besides its `items`."""

    next_cursor: uuid.UUID | None
