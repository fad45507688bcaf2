"""States of offers, vouchers and disputes, and why an offer can't be had.  Pure: no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")

# Bounds of what a supervisor may enter; larger is a typing error.
MAX_REIMBURSEMENT_CENTS: Final = 100_000
MAX_STOCK: Final = 1_000_000
MAX_PER_WALLET: Final = 1_000
MAX_VOUCHER_DAYS: Final = 366
MAX_COMMUNES: Final = 120


class PartnerKind(StrEnum):
    """A service of the Metropolis itself, or an independent business or association."""

    METROPOLITAN = "metropolitan"
    PARTNER = "partner"


class PartnerState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class OfferState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


# Vouchers that were already taken stay good when an offer is withdrawn.
OFFER_TRANSITIONS: Final[frozenset[tuple[OfferState, OfferState]]] = frozenset(
    {
        (OfferState.DRAFT, OfferState.PUBLISHED),
        (OfferState.DRAFT, OfferState.WITHDRAWN),
        (OfferState.PUBLISHED, OfferState.WITHDRAWN),
        (OfferState.WITHDRAWN, OfferState.PUBLISHED),
    }
)


class RedemptionState(StrEnum):
    """A redemption and its voucher are one thing with one state."""

    HELD = "held"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


# The database holds the same table as a trigger (migrations/0002_guards).
REDEMPTION_TRANSITIONS: Final[frozenset[tuple[RedemptionState, RedemptionState]]] = frozenset(
    {
        (RedemptionState.HELD, RedemptionState.CAPTURED),  # the partner scanned the voucher
        (RedemptionState.HELD, RedemptionState.CANCELLED),  # the resident gave it back
        (RedemptionState.HELD, RedemptionState.EXPIRED),  # nobody used it in time
        (RedemptionState.CAPTURED, RedemptionState.REFUNDED),  # a dispute, before the period closed
    }
)


class DisputeState(StrEnum):
    OPEN = "open"
    REFUND_PROPOSED = "refund_proposed"
    REFUNDED = "refunded"
    DISMISSED = "dismissed"


# One more after a dismissal, which may have been a mistake; then the decision is final.
DISPUTES_A_VOUCHER: Final = 2

DISPUTE_TRANSITIONS: Final[frozenset[tuple[DisputeState, DisputeState]]] = frozenset(
    {
        (DisputeState.OPEN, DisputeState.DISMISSED),
        (DisputeState.OPEN, DisputeState.REFUND_PROPOSED),  # a first supervisor says refund
        (DisputeState.REFUND_PROPOSED, DisputeState.REFUNDED),  # a second one agrees
        (DisputeState.REFUND_PROPOSED, DisputeState.OPEN),  # … or does not
        (DisputeState.OPEN, DisputeState.REFUNDED),  # refunded by a correction of its own
    }
)


class Decision(StrEnum):
    """What a supervisor says to a dispute."""

    REFUND = "refund"
    DISMISS = "dismiss"


class DisputeSide(StrEnum):
    """Who brought the dispute."""

    PARTNER = "partner"
    SUPERVISOR = "supervisor"


class Obstacle(StrEnum):
    """Why an offer can't be had now; an ordinary answer, not an error."""

    OFFER_WITHDRAWN = "offer_withdrawn"
    PARTNER_SUSPENDED = "partner_suspended"
    AGREEMENT_NOT_IN_FORCE = "agreement_not_in_force"
    OFFER_NOT_STARTED = "offer_not_started"
    OFFER_EXPIRED = "offer_expired"
    OUT_OF_STOCK = "out_of_stock"
    OTHER_COMMUNE = "other_commune"
    COMMUNE_NEEDED = "commune_needed"
    LIMIT_REACHED = "limit_reached"
    INSUFFICIENT_POINTS = "insufficient_points"


class LimitLevel(StrEnum):
    """How near the limited network's yearly ceiling is."""

    OK = "ok"
    WATCH = "watch"
    ALARM = "alarm"


def paris_day(moment: dt.datetime) -> dt.date:
    """The calendar day in the Metropolis at ``moment`` (aware)."""
    return moment.astimezone(PARIS).date()


def day_begins(day: dt.date) -> dt.datetime:
    """The first instant of ``day`` in the Metropolis."""
    return dt.datetime.combine(day, dt.time(), tzinfo=PARIS)


def commune_of(insee: str) -> str:
    """The commune behind an INSEE code: Marseille's arrondissements (13201–13216) are Marseille."""
    if insee.isdigit() and 13201 <= int(insee) <= 13216:
        return "13055"
    return insee


def days_covered(periods: list[tuple[dt.date, dt.date]], *, first: dt.date, last: dt.date) -> bool:
    """Whether every day from ``first`` to ``last`` (both included) lies in one of ``periods``."""
    next_day = first
    for starts_on, ends_on in sorted(periods):
        if starts_on > next_day:
            break
        next_day = max(next_day, ends_on + dt.timedelta(days=1))
    return next_day > last


def covered_until(periods: list[tuple[dt.date, dt.date]], *, day: dt.date) -> dt.date | None:
    """The last day of the unbroken cover that ``day`` lies in, or ``None`` when it lies in none."""
    last: dt.date | None = None
    for starts_on, ends_on in sorted(periods):
        reached = day if last is None else last + dt.timedelta(days=1)
        if starts_on <= reached <= ends_on:
            last = ends_on
    return last


def limit_level(
    *, cents: int, ceiling_cents: int, watch_percent: int, alarm_percent: int
) -> LimitLevel:
    """How near ``cents`` is to the ceiling."""
    if cents * 100 >= ceiling_cents * alarm_percent:
        return LimitLevel.ALARM
    if cents * 100 >= ceiling_cents * watch_percent:
        return LimitLevel.WATCH
    return LimitLevel.OK


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What decides whether an offer can be had; ``left`` is ``None`` when stock has no end."""

    state: OfferState
    partner_state: PartnerState
    agreement_in_force: bool
    valid_from: dt.datetime
    valid_until: dt.datetime
    communes: tuple[str, ...]
    left: int | None
    per_wallet_limit: int | None
    price_points: int


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: INSEE code, how often the offer was had, points at hand; ``None`` = not known."""

    commune: str | None = None
    had: int | None = None
    available_points: int | None = None


def obstacle(offer: OfferFacts, asker: Asker, *, now: dt.datetime) -> Obstacle | None:
    """The first reason why ``asker`` can't have the offer at ``now``, or ``None``.

    What is not known of the asker is no obstacle, except that a redemption must say the commune
    of an offer made for some communes (``services.redeeming``).
    """
    in_general = (
        (Obstacle.OFFER_WITHDRAWN, offer.state != OfferState.PUBLISHED),
        (Obstacle.PARTNER_SUSPENDED, offer.partner_state != PartnerState.ACTIVE),
        (Obstacle.OFFER_EXPIRED, now >= offer.valid_until),
        (Obstacle.OFFER_NOT_STARTED, now < offer.valid_from),
        (Obstacle.AGREEMENT_NOT_IN_FORCE, not offer.agreement_in_force),
        (Obstacle.OUT_OF_STOCK, offer.left is not None and offer.left <= 0),
    )
    commune = None if asker.commune is None else commune_of(asker.commune)
    for_asker = (
        (
            Obstacle.OTHER_COMMUNE,
            bool(offer.communes) and commune is not None and commune not in offer.communes,
        ),
        (
            Obstacle.LIMIT_REACHED,
            offer.per_wallet_limit is not None
            and asker.had is not None
            and asker.had >= offer.per_wallet_limit,
        ),
        (
            Obstacle.INSUFFICIENT_POINTS,
            asker.available_points is not None and asker.available_points < offer.price_points,
        ),
    )
    return next((reason for reason, stands in (*in_general, *for_asker) if stands), None)
