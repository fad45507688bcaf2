"""The body of ``POST /collectors/glass``: strict, bounded, nothing more than it needs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError

from .cards import number_normalised

DEPOSITS_MAX = 200
ITEMS_MAX = 1000
_FUTURE_MAX = timedelta(minutes=5)  # a container's clock may be a little fast
_AGE_MAX = timedelta(days=366)

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,32}$")]
DepositId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Site = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,80}$")]


class DepositIn(BaseModel):
    """One deposit: ``items`` pieces of glass brought with ``card`` at ``happened_at``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: DepositId
    card: Annotated[str, StringConstraints(max_length=40)]
    items: Annotated[int, Field(ge=1, le=ITEMS_MAX)]
    happened_at: AwareDatetime
    site: Site = ""

    @field_validator("card")
    @classmethod
    def _card(cls, value: str) -> str:
        number = number_normalised(value)
        if number is None:
            raise PydanticCustomError("card_number_invalid", "not a card number")
        return number

    @field_validator("happened_at")
    @classmethod
    def _happened_at(cls, value: datetime) -> datetime:
        now = datetime.now(UTC)
        if value > now + _FUTURE_MAX:
            raise PydanticCustomError("in_the_future", "in the future")
        if value < now - _AGE_MAX:
            raise PydanticCustomError("too_old", "too old")
        return value


class DepositsIn(BaseModel):
    """A batch: at most ``DEPOSITS_MAX`` deposits of one collector."""

    model_config = ConfigDict(extra="forbid", strict=True)

    collector: Name
    deposits: Annotated[list[DepositIn], Field(min_length=1, max_length=DEPOSITS_MAX)]
