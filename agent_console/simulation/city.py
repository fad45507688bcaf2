"""The distributions and words of a simulated year, read from YAML and checked."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import yaml

from agent_console.citizens.models import ChannelCode
from agent_console.reports.workflow import RejectionReason

from .errors import CityInvalid

_DATA = Path(__file__).parent / "data"
CITY_FILE = _DATA / "city.yaml"


@dataclass(frozen=True)
class Weighted[T]:
    """Things to draw from, each with its weight."""

    things: Sequence[T]
    cumulated: Sequence[float]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Weighted[T]:
        return cls(list(weights), list(accumulate(weights.values())))

    def draw(self, random: Random) -> T:
        return random.choices(self.things, cum_weights=self.cumulated)[0]


@dataclass(frozen=True, kw_only=True)
class ChannelProfile:
    weight: float
    named: float
    located: float


@dataclass(frozen=True, kw_only=True)
class CategoryProfile:
    weight: float
    rejected: float
    duplicate: float
    late: float
    forgotten: float
    summer: float = 1.0
    winter: float = 1.0

    def weight_in(self, month: int) -> float:
        """Its weight in a month (1 to 12)."""
        if 6 <= month <= 9:
            return self.weight * self.summer
        return self.weight * (self.winter if month in (11, 12, 1, 2) else 1.0)


@dataclass(frozen=True, kw_only=True)
class Duration:
    """Half within ``median_hours``; ``spread``: the logarithm's standard deviation."""

    median_hours: float
    spread: float


@dataclass(frozen=True, kw_only=True)
class SupportProfile:
    """Shares: of reports that somebody joins, of those whom one more joins, and so on."""

    joined: float
    more: float
    known: float
    withdrawn: float


@dataclass(frozen=True, kw_only=True)
class PickupProfile:
    """``per_report``: bookings for each report of the year; the others are shares and means."""

    per_report: float
    channels: Mapping[str, float]
    objects_mean: float
    ahead_days_mean: float
    cancelled: float
    confirmed: float
    no_show: float
    refused: float


@dataclass(frozen=True, kw_only=True)
class City:
    """``city.yaml``, line by line."""

    channels: Mapping[str, ChannelProfile]
    months: Sequence[float]
    weekdays: Sequence[float]
    holiday: float
    hours: Mapping[str, Sequence[float]]
    marseille_whole_city: float
    comes_back: float
    categories: Mapping[str, CategoryProfile]
    validation: Duration
    assignment: Duration
    resolution_spread: float
    wrong_service: float
    reopened: float
    confirmed: float
    rejections: Mapping[str, float]
    supporters: SupportProfile
    pickups: PickupProfile
    colleagues: int
    words: Words = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Words:
    """``words.yaml``."""

    street_kinds: Sequence[tuple[str, float]]
    street_names: Sequence[str]
    landmarks: Sequence[str]
    since: Sequence[str]
    told: Sequence[str]
    written: Sequence[str]
    greetings: Sequence[str]
    yes: Sequence[str]
    solved: Sequence[str]
    unsolved: Sequence[str]
    subjects: Mapping[str, Sequence[str]]
    details: Sequence[str]
    reopen_reasons: Sequence[str]
    wrong_service_reasons: Sequence[str]
    refusal_reasons: Sequence[str]
    rejection_details: Sequence[str]


def city_load(path: Path = CITY_FILE, *, categories: Sequence[str]) -> City:
    """The city of a file; ``categories`` are those that exist.  Raises ``CityInvalid``."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = Words(**yaml.safe_load((_DATA / "words.yaml").read_text(encoding="utf-8")))
        city = City(
            **data
            | {
                "channels": {code: ChannelProfile(**row) for code, row in data["channels"].items()},
                "categories": {
                    code: CategoryProfile(**row) for code, row in data["categories"].items()
                },
                "validation": Duration(**data["validation"]),
                "assignment": Duration(**data["assignment"]),
                "supporters": SupportProfile(**data["supporters"]),
                "pickups": PickupProfile(**data["pickups"]),
                "words": words,
            }
        )
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        raise CityInvalid(f"{path} : illisible ou incomplet ({error}).") from error
    for problem in _problems(city, categories):
        raise CityInvalid(f"{path} : {problem}.")
    return city


@cache
def commune_centres() -> dict[str, tuple[float, float]]:
    """INSEE code → latitude and longitude (WGS 84), rounded to 0.01 degrees: about a kilometre.

    Approximate places of the town halls (of Marseille's arrondissements: of their middle), written
    down from general knowledge of the map for this simulation; no survey, of no other use.
    """
    with (_DATA / "commune_centres.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["insee"]: (float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        }


def _problems(city: City, categories: Sequence[str]) -> list[str]:
    found = [
        f"{name} n’existe pas"
        for name in [
            *(set(city.channels) - set(ChannelCode.values)),
            *(set(city.pickups.channels) - set(ChannelCode.values)),
            *(set(city.rejections) - set(RejectionReason.values)),
            *(set(city.categories) - set(categories)),
        ]
    ]
    lists: dict[str, tuple[Sequence[Any], int]] = {
        "months": (city.months, 12),
        "weekdays": (city.weekdays, 7),
        "hours.staffed": (city.hours.get("staffed", ()), 24),
        "hours.online": (city.hours.get("online", ()), 24),
    }
    found += [
        f"{name} : {size} valeurs attendues"
        for name, (row, size) in lists.items()
        if len(row) != size
    ]
    weights = {
        "channels": [row.weight for row in city.channels.values()],
        "pickups.channels": list(city.pickups.channels.values()),
        "categories": [row.weight for row in city.categories.values()],
        "rejections": list(city.rejections.values()),
        **{name: list(row) for name, (row, _) in lists.items()},
    }
    found += [
        f"{name} : des poids positifs, dont un au moins n’est pas nul"
        for name, row in weights.items()
        if min(row, default=-1) < 0 or not any(row)
    ]
    shares = {
        "marseille_whole_city": city.marseille_whole_city,
        "comes_back": city.comes_back,
        "wrong_service": city.wrong_service,
        "reopened": city.reopened,
        "confirmed": city.confirmed,
        "supporters.joined": city.supporters.joined,
        "supporters.known": city.supporters.known,
        "supporters.withdrawn": city.supporters.withdrawn,
        "pickups.cancelled": city.pickups.cancelled,
        "pickups.confirmed": city.pickups.confirmed,
        "pickups.no_show": city.pickups.no_show,
        "pickups.refused": city.pickups.refused,
        **{f"{code}.named": row.named for code, row in city.channels.items()},
        **{f"{code}.located": row.located for code, row in city.channels.items()},
        **{
            f"{code}.{name}": getattr(row, name)
            for code, row in city.categories.items()
            for name in ("rejected", "duplicate", "late", "forgotten")
        },
    }
    found += [
        f"{name} : une part entre 0 et 1" for name, share in shares.items() if not 0 <= share <= 1
    ]
    found += [
        f"{code} : rejected, duplicate et forgotten dépassent 1 ensemble"
        for code, row in city.categories.items()
        if row.rejected + row.duplicate + row.forgotten > 1
    ]
    found += [
        f"{code} n’a pas de mots dans words.yaml"
        for code in city.categories
        if not city.words.subjects.get(code)
    ]
    if not 0 <= city.supporters.more <= 0.95:  # one more, and one more, must come to an end
        found.append("supporters.more : une part entre 0 et 0,95")
    if city.pickups.no_show + city.pickups.refused > 1:
        found.append("pickups : no_show et refused dépassent 1 ensemble")
    if not 0 <= city.pickups.per_report <= 1:
        found.append("pickups.per_report : entre 0 et 1")
    if min(city.pickups.objects_mean, city.pickups.ahead_days_mean) <= 0:
        found.append("pickups : objects_mean et ahead_days_mean sont positifs")
    if city.colleagues < 1:
        found.append("colleagues : un au moins")
    return found
