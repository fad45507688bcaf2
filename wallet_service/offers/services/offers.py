"""Offers: written and changed by supervisors, each version kept."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.db.models import F

from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid

from ..domain import OFFER_TRANSITIONS, OfferState, RedemptionState, days_covered, paris_day
from ..errors import (
    AgreementNotInForce,
    OfferChanged,
    OfferDatesInvalid,
    OfferStateRefused,
    OfferUnknown,
    StockBelowTaken,
)
from ..models import Offer, OfferStock, Redemption
from ..requests import request_of
from ..selectors.offers import offer_body
from ..selectors.partners import agreement_periods, partner_get


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """All that a supervisor decides about an offer; bounds are those of the table."""

    title: str
    description: str
    how_to_use: str
    price_points: int
    reimbursement_cents: int
    stock: int | None
    per_wallet_limit: int | None
    communes: tuple[str, ...]
    valid_from: dt.datetime
    valid_until: dt.datetime
    voucher_days: int
    state: OfferState

    @classmethod
    def of(cls, offer: Offer) -> OfferTerms:
        values = {field.name: getattr(offer, field.name) for field in fields(cls)}
        return cls(**values | {"communes": tuple(offer.communes), "state": OfferState(offer.state)})

    def columns(self) -> dict[str, Any]:
        return asdict(self) | {"communes": sorted(set(self.communes)), "state": self.state.value}

    def asked(self) -> dict[str, Any]:
        """For the idempotency key: one spelling of each value."""
        return self.columns() | {
            "valid_from": _spelled(self.valid_from),
            "valid_until": _spelled(self.valid_until),
        }


def offer_create(
    *, client: str, key: str, partner_id: uuid.UUID, terms: OfferTerms, actor: uuid.UUID
) -> Answer:
    """Write an offer (201).

    Raises ``PartnerUnknown``, ``OfferDatesInvalid``, ``AgreementNotInForce`` when the partner's
    agreements do not cover its whole validity, ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="offer_create",
        asked={"partner_id": partner_id, "actor": actor, **terms.asked()},
    )

    def effect() -> Answer:
        partner = partner_get(partner_id=partner_id)
        _check_dates(partner_id, terms)
        offer = Offer.objects.create(
            id=time_ordered_uuid(),
            partner=partner,
            version=1,
            changed_by=actor,
            **terms.columns(),
        )
        OfferStock.objects.create(offer=offer, total=terms.stock, taken=0)
        return answer_keep(request, Answer(status=201, body=_fresh_body(offer.id)))

    return answer_once(request, effect)


def offer_change(
    *,
    client: str,
    key: str,
    offer_id: uuid.UUID,
    changes: dict[str, Any],
    actor: uuid.UUID,
    version: int | None = None,
) -> Answer:
    """Change some of an offer's terms (200); ``changes`` are fields of ``OfferTerms``.

    Vouchers already taken keep what they promised.  ``version`` is the one that the caller has
    seen, against lost updates.  Raises ``OfferUnknown``, ``OfferChanged``, ``OfferStateRefused``,
    ``OfferDatesInvalid``, ``AgreementNotInForce``, ``StockBelowTaken``, ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="offer_change",
        asked={
            "offer_id": offer_id,
            "actor": actor,
            "version": version,
            **{name: _spelled(value) for name, value in changes.items()},
        },
    )

    def effect() -> Answer:
        # Waits for the redemptions under way: they share the row until their commit.
        offer = Offer.objects.select_for_update().filter(id=offer_id).first()
        if offer is None:
            raise OfferUnknown
        if version is not None and offer.version != version:
            raise OfferChanged
        before = OfferTerms.of(offer)
        after = replace(before, **changes)
        if after != before:
            _check_change(offer, before, after)
            Offer.objects.filter(id=offer_id).update(
                **after.columns(), changed_by=actor, version=F("version") + 1
            )
            _restock(offer_id, after.stock)
        return answer_keep(request, Answer(status=200, body=_fresh_body(offer_id)))

    return answer_once(request, effect)


def _check_change(offer: Offer, before: OfferTerms, after: OfferTerms) -> None:
    if after.state != before.state and (before.state, after.state) not in OFFER_TRANSITIONS:
        raise OfferStateRefused
    dates = (after.valid_from, after.valid_until)
    # An offer can always be withdrawn, whatever became of its agreements.
    if dates != (before.valid_from, before.valid_until) or (
        after.state != before.state and after.state == OfferState.PUBLISHED
    ):
        _check_dates(offer.partner_id, after)


def _check_dates(partner_id: uuid.UUID, terms: OfferTerms) -> None:
    if terms.valid_until <= terms.valid_from:
        raise OfferDatesInvalid
    covered = days_covered(
        agreement_periods(partner_ids=[partner_id])[partner_id],
        first=paris_day(terms.valid_from),
        last=paris_day(terms.valid_until - dt.timedelta(microseconds=1)),
    )
    if not covered:
        raise AgreementNotInForce


def _restock(offer_id: uuid.UUID, total: int | None) -> None:
    """Give the counter its new total.  Nobody redeems or cancels meanwhile: the offer is locked.

    While stock has no end nothing is counted, so a new total begins with a count.
    """
    counter = OfferStock.objects.select_for_update().get(offer_id=offer_id)
    taken = counter.taken
    if counter.total is None and total is not None:
        taken = Redemption.objects.filter(
            offer_id=offer_id, state__in=[RedemptionState.HELD, RedemptionState.CAPTURED]
        ).count()
    if total is not None and taken > total:
        raise StockBelowTaken
    if (counter.total, counter.taken) != (total, taken):
        OfferStock.objects.filter(offer_id=offer_id).update(total=total, taken=taken)


def _spelled(value: Any) -> Any:
    """One spelling of a moment, for the idempotency key."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _fresh_body(offer_id: uuid.UUID) -> dict[str, Any]:
    return offer_body(Offer.objects.select_related("partner", "counter").get(id=offer_id))
