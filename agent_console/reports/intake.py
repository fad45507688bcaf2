"""What somebody reports, and whether an agent can find it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User

from agent_console.citizens.models import Resident
from agent_console.conversations.models import Conversation
from agent_console.places.models import Commune
from agent_console.places.selectors import commune_find

from .errors import (
    AnswerInvalid,
    ChannelMissing,
    CommuneUnknown,
    CoordinatesInvalid,
    OutsideTerritory,
    PlaceMissing,
)
from .models import Category, OnBehalf, QuestionKind

ANSWER_CHARS_MAX = 200
# A box around the 92 communes (WGS 84, degrees): what lies outside is certainly not ours.  What
# lies inside may still be a neighbour's; an agent sees it on the map.
SOUTH, NORTH, WEST, EAST = 43.10, 43.85, 4.55, 5.90


@dataclass(frozen=True, kw_only=True)
class Intake:
    """One report as it comes in.

    ``channel`` and ``resident`` are the conversation's when there is one.  Without one (phone,
    e-mail, letter, counter, Open311) the channel is required, and ``resident`` may be nobody.
    Both: it came by ``channel``, and ``conversation`` is where its author is told what becomes of
    it.
    ``answers``: code of a category's question → what was answered, as text.
    ``photos``: stored ones that no case has claimed yet.
    """

    category_code: str
    conversation: Conversation | None = None
    channel: str = ""
    resident: Resident | None = None
    address: str = ""
    commune: str = ""
    place: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    description: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    on_behalf: str = OnBehalf.SELF
    created_by: User | None = None
    photos: tuple[uuid.UUID, ...] = ()

    @property
    def source(self) -> str:
        """The channel it came by; raises ``ChannelMissing``."""
        found = self.channel or (self.conversation.channel if self.conversation else "")
        if not found:
            raise ChannelMissing
        return found


def place_resolve(intake: Intake) -> Commune | None:
    """The commune of what was said; ``None`` when only coordinates say where it is.

    Any one is enough for an agent to find it: an address in a commune, a landmark in a commune,
    or coordinates in or near the Metropolis.

    Raises ``PlaceMissing``, ``CommuneUnknown``, ``CoordinatesInvalid``, ``OutsideTerritory``.
    """
    has_point = _has_point(intake)
    if not (intake.address or intake.place or has_point):
        raise PlaceMissing
    found = (
        commune_find(intake.commune)
        or commune_find(intake.postcode)
        or commune_find(f"{intake.address} {intake.place}")
    )
    # A commune that was named and isn't ours is a refusal; one that nobody named is for the map.
    if found is None and (intake.commune or not has_point):
        raise CommuneUnknown
    return found


def answers_clean(category: Category, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are stored; empty ones are dropped.  Raises ``AnswerInvalid``."""
    questions = {question.code: question for question in category.questions.all()}
    cleaned: dict[str, str] = {}
    for code, value in answers.items():
        text = value.strip()
        question = questions.get(code)
        if question is None or len(text) > ANSWER_CHARS_MAX:
            raise AnswerInvalid(code)
        if not text:
            continue
        if question.kind == QuestionKind.CHOICE and text not in {
            choice["code"] for choice in question.choices
        }:
            raise AnswerInvalid(code)
        if question.kind == QuestionKind.NUMBER and not (text.isascii() and text.isdecimal()):
            raise AnswerInvalid(code)
        cleaned[code] = text
    return cleaned


def _has_point(intake: Intake) -> bool:
    latitude, longitude = intake.latitude, intake.longitude
    if latitude is None and longitude is None:
        return False
    if latitude is None or longitude is None:
        raise CoordinatesInvalid
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise CoordinatesInvalid
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        raise OutsideTerritory
    return True
