"""What happened to points on each day."""

from dataclasses import dataclass
from datetime import date

from .http import request


@dataclass(frozen=True)
class DayMovement:
    """How many entries of a kind a day (Europe/Paris) has, and the points that they are about."""

    day: date
    kind: str
    entries: int
    points: int


@dataclass(frozen=True)
class DayGiving:
    """How many rewards of a rule were posted on a day (Europe/Paris), and their points."""

    day: date
    rule: str
    entries: int
    points: int


@dataclass(frozen=True)
class MovementsPage:
    """Some days in order; ``next_since`` is where the page after begins, none after the last."""

    items: list[DayMovement]
    given: list[DayGiving]
    next_since: date | None


def movements_page(*, since: date) -> MovementsPage:
    """The first days that have any, from ``since`` on; raises ``WalletUnavailable``."""
    body = request("GET", "/v1/movements", params={"since": since.isoformat()})
    next_since = body["next_since"]
    return MovementsPage(
        items=[
            DayMovement(
                day=date.fromisoformat(item["day"]),
                kind=item["kind"],
                entries=item["entries"],
                points=item["points"],
            )
            for item in body["items"]
        ],
        given=[
            DayGiving(
                day=date.fromisoformat(item["day"]),
                rule=item["rule"],
                entries=item["entries"],
                points=item["points"],
            )
            for item in body["given"]
        ],
        next_since=date.fromisoformat(next_since) if next_since else None,
    )
