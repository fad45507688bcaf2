"""What the API takes and gives.  Days are ISO dates of Europe/Paris; volumes litres."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from ..matching import COUNT_MAX, Status
from ..models import Reminder, Window
from ..services.steps import Answer
from ..workflow import State

Insee = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9][0-9AB][0-9]{3}$")]
Line = Annotated[
    str,
    StringConstraints(strict=True, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$"),
]
Said = Annotated[
    str,
    StringConstraints(strict=True, max_length=500, strip_whitespace=True, pattern=r"^[^\x00]*$"),
]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9-]{1,40}$")]
Count = Annotated[int, Field(strict=True, ge=1, le=COUNT_MAX)]
SlotId = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
IntakeKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_.-]{8,80}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9 .-]{7,18}[0-9]$")]


class Locale(StrEnum):
    FR = "fr"
    EN = "en"


class In(Schema):
    """Nothing is taken that is not described."""

    model_config = ConfigDict(extra="forbid")


class ItemsIn(In):
    """What somebody wants to get rid of, in their words."""

    text: Said
    locale: Locale = Locale.FR


class ItemOut(Schema):
    code: str
    label: str
    litres: int | None


class SaidOut(Schema):
    """One object that was said.

    ``status`` forbidden: ``instead`` says where it goes.  Unknown: ``alternatives`` are what it may
    be.  ``is_guess``: a typing error was forgiven, read it back.
    """

    said: str
    count: int
    status: Status
    is_guess: bool
    item: ItemOut | None
    instead: str
    alternatives: list[ItemOut]


class ItemsOut(Schema):
    """``objects`` and ``litres`` sum what is accepted."""

    items: list[SaidOut]
    objects: int
    litres: int


class PlaceIn(In):
    """A commune by its code, or any text that names it; the code wins."""

    insee: Insee | None = None
    place: Line = ""


class RuleOut(Schema):
    max_objects: int
    max_litres: int
    lead_days: int
    ahead_days: int
    max_bookings: int
    period_days: int


class CoverageOut(Schema):
    """Who collects; ``rule`` is null where it is not the Metropolis: give the number instead.

    ``is_confirmed`` false: shipped defaults that the Metropolis has not confirmed.
    """

    insee: str
    commune: str
    sector: str
    served: bool
    operator: str
    operator_phone: str
    rule: RuleOut | None
    is_confirmed: bool


class SlotsIn(Schema):
    """Which slots: of whose commune, with room for how many objects."""

    insee: Insee
    objects: Annotated[int, Field(ge=1, le=1000)] = 1
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    locale: Locale = Locale.FR


class SlotOut(Schema):
    id: int
    day: date
    window: Window
    label: str


class SlotsOut(Schema):
    slots: list[SlotOut]


class LineIn(In):
    code: Code
    count: Count = 1


class BookingIn(In):
    """A pickup to book in a conversation."""

    conversation: uuid.UUID
    insee: Insee | None = None
    commune: Line = ""
    address: Line
    place: Line = ""
    items: Annotated[list[LineIn], Field(min_length=1, max_length=50)]
    slot: SlotId


class ChangeIn(In):
    """What to change; null leaves it."""

    conversation: uuid.UUID
    slot: SlotId | None = None
    items: Annotated[list[LineIn], Field(min_length=1, max_length=50)] | None = None


class TheirsIn(In):
    """Whose conversation it is: only there may its bookings be changed."""

    conversation: uuid.UUID


class AnswerIn(TheirsIn):
    """The answer to the question of the evening before."""

    answer: Answer = Answer.YES


class BookedLineOut(Schema):
    code: str
    label: str
    count: int
    litres: int


class BookingOut(Schema):
    """``label_url`` is the printable label; whoever knows it may change the booking."""

    reference: str
    # Not the enumeration itself: reports have another one of the same name.
    state: Annotated[str, Field(json_schema_extra={"enum": list(State.values)})]
    state_label: str
    reminder: Reminder
    day: date
    window: Window
    slot: int
    slot_label: str
    place_label: str
    place: str
    items: list[BookedLineOut]
    objects: int
    litres: int
    label_url: str


class BookingsOut(Schema):
    bookings: list[BookingOut]
