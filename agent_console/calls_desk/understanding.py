"""What the assistant understands of a line: proposals only, and none while it is away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import httpx
from django.conf import settings

from service_kit.logs import get_logger

logger = get_logger(__name__)
# An operator types on: what comes later than this is of no use.
_TIMEOUT = httpx.Timeout(1.5, connect=0.3)
TEXT_CHARS_MAX = 4000


@dataclass(frozen=True)
class Guess:
    """A category's or an intent's code, and how likely it is (0 to 1)."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Entity:
    """A value as it was said; ``normalised`` by type as docs/assistant.md, section 1, says."""

    kind: str
    value: str
    normalised: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first_day(self) -> date | None:
        """The first day of a date."""
        return _day(self.normalised.get("from"))

    @property
    def last_day(self) -> date | None:
        """The last day of a date, inclusive."""
        return _day(self.normalised.get("to"))


@dataclass(frozen=True)
class Understood:
    """``categories``: the three likeliest, best first."""

    intent: str
    categories: tuple[Guess, ...]
    entities: tuple[Entity, ...]

    def all_of(self, kind: str) -> list[Entity]:
        """The entities of one type, in the text's order."""
        return [one for one in self.entities if one.kind == kind]


@cache
def client() -> httpx.Client:
    """The connections to the assistant, kept open."""
    return httpx.Client(
        base_url=settings.RASA_URL,
        timeout=_TIMEOUT,
        headers={"Authorization": f"Bearer {settings.RASA_TOKEN}"},
        trust_env=False,
    )


def understand(text: str) -> Understood | None:
    """What ``text`` says, or ``None`` while the assistant is away; never raises."""
    try:
        response = client().post("/hub/parse", json={"text": text[:TEXT_CHARS_MAX]})
        response.raise_for_status()
        return _read(response.json())
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as failure:
        logger.warning("text not understood", extra={"code": type(failure).__name__})
        return None


def _read(body: Any) -> Understood:
    return Understood(
        intent=str(body["intent"]["name"]),
        categories=tuple(
            Guess(str(one["name"]), float(one["confidence"])) for one in body["category_ranking"]
        ),
        entities=tuple(
            Entity(str(one["entity"]), str(one["value"]), one.get("normalised") or {})
            for one in body["entities"]
        ),
    )


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
