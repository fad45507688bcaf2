"""Brings every study's effects to what is known now.  Run by a job: it loads statsmodels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from agent_console.french_days import on_the_wall

from .estimating import (
    WEEKS_MIN,
    EffectRefused,
    Estimate,
    LeftOut,
    Refusal,
    Windows,
    change,
    estimate,
    windows,
)
from .models import Effect, Phase, Study, Volume
from .series import Series, weekly


@dataclass(frozen=True)
class Sides:
    """What a study compares in a phase: weeks before and after, and each commune's change."""

    before: list[date]
    after: list[date]
    rewarded: dict[str, float]
    compared: dict[str, float]
    left_out: dict[str, str]
    series: Series


def studies_current() -> list[Study]:
    """Those that no other row replaces, and that nobody withdrew."""
    return list(Study.objects.filter(replaced_by=None, is_withdrawn=False).select_related("actor"))


def effects_update(*, now: datetime) -> int:
    """Compute every current study again; returns how many there are.

    ONE transaction for each study holds all of its effects: pages show the old ones until then.
    """
    today = on_the_wall(now).date()
    studies = studies_current()
    for study in studies:
        found = [
            _effect(study, volume, phase, others=studies, today=today, now=now)
            for volume in Volume.values
            for phase in (Phase.values if study.ended_on else [Phase.DURING])
        ]
        with transaction.atomic():
            Effect.objects.filter(study=study).delete()
            Effect.objects.bulk_create(found)
    return len(studies)


def windows_of(study: Study, *, today: date) -> Windows:
    """Which weeks a study looks at."""
    return windows(began_on=study.began_on, ended_on=study.ended_on, weeks=study.weeks, today=today)


def sides_of(
    study: Study, volume: str, phase: str, *, others: Iterable[Study], today: date
) -> Sides:
    """What the effect is made of; ``others``: the current studies, this one may be among them."""
    looked_at = windows_of(study, today=today)
    before = looked_at.before
    after = looked_at.after if phase == Phase.AFTER else looked_at.during
    after = _as_far_as_known(volume, study, before, after)
    weeks = [*before, *after]
    communes = [*study.rewarded, *study.compared]
    series = weekly(volume, communes=communes, weeks=weeks)
    taken = _rewarded_too(study, others, weeks)
    groups: tuple[dict[str, float], dict[str, float]] = ({}, {})
    left_out: dict[str, str] = {}
    for insee in communes:
        if insee in taken:
            left_out[insee] = LeftOut.REWARDED_TOO
            continue
        if len(after) == 0:
            continue
        found = change(series.get(insee, {}), before=before, after=after)
        if isinstance(found, LeftOut):
            left_out[insee] = found
        else:
            groups[insee in study.compared][insee] = found
    return Sides(before, after, *groups, left_out, series)


def _effect(
    study: Study, volume: str, phase: str, *, others: Sequence[Study], today: date, now: datetime
) -> Effect:
    sides = sides_of(study, volume, phase, others=others, today=today)
    found: Estimate | None = None
    code = ""
    try:
        found = _estimate(sides)
    except EffectRefused as refused:
        code = refused.code
    return Effect(
        study=study,
        volume=volume,
        phase=phase,
        code=code,
        percent=found.percent if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        rewarded=len(sides.rewarded),
        compared=len(sides.compared),
        weeks_before=len(sides.before),
        weeks_after=len(sides.after),
        left_out=sides.left_out,
        computed_at=now,
    )


def _estimate(sides: Sides) -> Estimate:
    if len(sides.after) < WEEKS_MIN:
        raise EffectRefused(Refusal.WEEKS_FEW)
    if not any(sides.series.values()):
        raise EffectRefused(Refusal.NO_VOLUME)
    return estimate(rewarded=list(sides.rewarded.values()), compared=list(sides.compared.values()))


def _as_far_as_known(
    volume: str, study: Study, before: list[date], after: list[date]
) -> list[date]:
    """Tonnages come late: the last week is the newest that any commune of the study has."""
    if volume != Volume.TONNAGE or not after:
        return after
    found = weekly(volume, communes=[*study.rewarded, *study.compared], weeks=after)
    newest = max((week for weeks in found.values() for week in weeks), default=None)
    return [week for week in after if newest and week <= newest] or after


def _rewarded_too(study: Study, others: Iterable[Study], weeks: Sequence[date]) -> set[str]:
    """Communes that another study rewards while this one looks at them."""
    if not weeks:
        return set()
    return {
        insee
        for other in others
        if other.pk != study.pk
        and other.began_on <= weeks[-1]
        and (other.ended_on is None or other.ended_on >= weeks[0])
        for insee in other.rewarded
    }
