"""What the bodies of several topics share."""

from __future__ import annotations

import uuid

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict

from wallet_service.api.types import PageLimit, Uuid


class RequestSchema(BaseModel):
    """A request body: unknown fields are refused, not ignored.

    Not ninja's ``Schema``: that one reads attributes of Django's objects, which is for answers, and
    where unknown fields are refused it validates everything twice at each level.
    """

    model_config = ConfigDict(extra="forbid")


class PageQuery(RequestSchema):
    cursor: Uuid | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: PageLimit = 20


class Page(Schema):
    """What every page of a list has besides its `items`."""

    next_cursor: uuid.UUID | None
