"""What supervisors say.  Each write is ONE transaction with the job that computes effects again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from ..permissions import CHANGE_IMPACT
from ..queue import enqueue_impact
from .models import SiteCommune, Study, WeekTonnage, YearSpending


class StudyChangedMeanwhile(Exception):
    """``study_changed``: somebody else changed or withdrew it; look at theirs first."""

    code = "study_changed"


@dataclass(frozen=True, kw_only=True)
class StudyTerms:
    """What a study compares; communes by ``insee``."""

    began_on: date
    ended_on: date | None
    rewarded: Collection[str]
    compared: Collection[str]
    weeks: int


def study_add(*, actor: User, terms: StudyTerms) -> Study:
    """A new study.  Raises ``PermissionDenied``."""
    return _study_write(actor=actor, terms=terms, replaces=None, is_withdrawn=False)


def study_change(*, actor: User, study: Study, terms: StudyTerms) -> Study:
    """The study as it is from now on; the former one stays as history.

    Raises ``PermissionDenied`` and ``StudyChangedMeanwhile``.
    """
    return _study_write(actor=actor, terms=terms, replaces=study, is_withdrawn=False)


def study_withdraw(*, actor: User, study: Study) -> Study:
    """It is shown no longer; its history stays.

    Raises ``PermissionDenied`` and ``StudyChangedMeanwhile``.
    """
    terms = StudyTerms(
        began_on=study.began_on,
        ended_on=study.ended_on,
        rewarded=study.rewarded,
        compared=study.compared,
        weeks=study.weeks,
    )
    return _study_write(actor=actor, terms=terms, replaces=study, is_withdrawn=True)


def tonnages_note(*, actor: User, kilograms: Mapping[tuple[str, date], int]) -> int:
    """Note the tonnages of communes (``insee``) and weeks (Mondays); returns how many were new.

    What is known already is not noted again.  Raises ``PermissionDenied``.
    """
    _require(actor)
    with transaction.atomic():
        newest = WeekTonnage.objects.order_by("commune", "week", "-id").distinct("commune", "week")
        known = {
            (insee, week): known_kilograms
            for insee, week, known_kilograms in newest.values_list("commune", "week", "kilograms")
        }
        rows = WeekTonnage.objects.bulk_create(
            WeekTonnage(commune_id=insee, week=week, kilograms=value, actor=actor)
            for (insee, week), value in kilograms.items()
            if known.get((insee, week)) != value
        )
        enqueue_impact()
    return len(rows)


@transaction.atomic
def sites_place(*, actor: User, communes: Mapping[str, str]) -> None:
    """Note in which commune (``insee``) each site stands.  Raises ``PermissionDenied``."""
    _require(actor)
    SiteCommune.objects.bulk_create(
        SiteCommune(site=site, commune_id=insee, actor=actor) for site, insee in communes.items()
    )
    enqueue_impact()


def spending_note(*, actor: User, year: int, cents: int) -> None:
    """What the operation cost in a year, excluding tax.  Raises ``PermissionDenied``."""
    _require(actor)
    YearSpending.objects.create(year=year, cents=cents, actor=actor)


def _study_write(
    *, actor: User, terms: StudyTerms, replaces: Study | None, is_withdrawn: bool
) -> Study:
    _require(actor)
    try:
        with transaction.atomic():
            study = Study.objects.create(
                began_on=terms.began_on,
                ended_on=terms.ended_on,
                rewarded=_in_order(terms.rewarded),
                compared=_in_order(terms.compared),
                weeks=terms.weeks,
                replaces=replaces,
                is_withdrawn=is_withdrawn,
                actor=actor,
            )
            enqueue_impact()
            return study
    except IntegrityError as error:
        if replaces and Study.objects.filter(replaces=replaces).exists():
            raise StudyChangedMeanwhile from error
        raise


def _in_order(communes: Collection[str]) -> Sequence[str]:
    return sorted(set(communes))


def _require(actor: User) -> None:
    if not actor.has_perm(CHANGE_IMPACT):
        raise PermissionDenied
