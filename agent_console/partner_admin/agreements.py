"""What a partner's agreements mean today.  Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agent_console.wallet.partners import AgreementView

ENDING_WITHIN = timedelta(days=30)
_DAY = timedelta(days=1)


class AgreementState(StrEnum):
    IN_FORCE = "in_force"
    ENDING = "ending"
    UPCOMING = "upcoming"
    ENDED = "ended"
    NONE = "none"


LABELS = {
    AgreementState.IN_FORCE: "En vigueur",
    AgreementState.ENDING: "Fin proche",
    AgreementState.UPCOMING: "À venir",
    AgreementState.ENDED: "Terminée",
    AgreementState.NONE: "Aucune",
}


@dataclass(frozen=True)
class AgreementStatus:
    """``day`` is when the cover ends, ended or begins; ``None`` without any agreement."""

    state: AgreementState
    day: date | None

    @property
    def label(self) -> str:
        return LABELS[self.state]


def agreement_status(agreements: Sequence[AgreementView], *, today: date) -> AgreementStatus:
    """Agreements that follow each other without a gap count as one."""
    if not agreements:
        return AgreementStatus(AgreementState.NONE, None)
    until = _covered_until(agreements, today)
    if until is not None:
        is_ending = until - today <= ENDING_WITHIN
        return AgreementStatus(
            AgreementState.ENDING if is_ending else AgreementState.IN_FORCE, until
        )
    later = [one.starts_on for one in agreements if one.starts_on > today]
    if later:
        return AgreementStatus(AgreementState.UPCOMING, min(later))
    return AgreementStatus(AgreementState.ENDED, max(one.ends_on for one in agreements))


def overlapping(
    agreements: Sequence[AgreementView], *, starts_on: date, ends_on: date
) -> AgreementView | None:
    """An agreement that shares a day with the period, or ``None``."""
    return next(
        (one for one in agreements if one.starts_on <= ends_on and starts_on <= one.ends_on), None
    )


def _covered_until(agreements: Sequence[AgreementView], day: date) -> date | None:
    last: date | None = None
    for one in sorted(agreements, key=lambda agreement: agreement.starts_on):
        reached = day if last is None else last + _DAY
        if one.starts_on <= reached <= one.ends_on:
            last = one.ends_on
    return last
