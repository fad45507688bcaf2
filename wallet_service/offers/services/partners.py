"""Partners and their agreements."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError
from django.db.models import F
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as siret_number

from wallet_service.ledger.errors import violated_constraint
from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import partner_account_open

from ..domain import PartnerKind, PartnerState
from ..errors import (
    AgreementDatesInvalid,
    AgreementOverlaps,
    PartnerChanged,
    PartnerExists,
    PartnerUnknown,
    SiretInvalid,
)
from ..models import Agreement, Partner
from ..requests import Value, request_of
from ..selectors.partners import agreement_body, partner_body


def partner_create(
    *, client: str, key: str, siret: str, name: str, kind: PartnerKind, actor: uuid.UUID
) -> Answer:
    """Take in a partner (201) and open its account in the ledger, in one transaction.

    Raises ``SiretInvalid``, ``PartnerExists``, ``IdempotencyConflict``.
    """
    try:
        number = siret_number.validate(siret)
    except ValidationError as error:
        raise SiretInvalid from error
    request = request_of(
        client=client,
        key=key,
        operation="partner_create",
        asked={"siret": number, "name": name, "kind": kind.value, "actor": actor},
    )

    def effect() -> Answer:
        partner = Partner(
            id=time_ordered_uuid(),
            siret=number,
            name=name,
            kind=kind,
            state=PartnerState.ACTIVE,
            version=1,
            changed_by=actor,
        )
        try:
            partner.save(force_insert=True)
        except IntegrityError as error:
            if "siret" in (violated_constraint(error) or ""):
                raise PartnerExists from error
            raise
        partner_account_open(partner_id=partner.id)
        partner.refresh_from_db()
        return answer_keep(request, Answer(status=201, body=partner_body(partner)))

    return answer_once(request, effect)


def partner_change(
    *,
    client: str,
    key: str,
    partner_id: uuid.UUID,
    actor: uuid.UUID,
    version: int | None = None,
    name: str | None = None,
    kind: PartnerKind | None = None,
    state: PartnerState | None = None,
) -> Answer:
    """Change what is given (200); the history row is written by the change itself.

    ``version`` is the one that the caller has seen, against lost updates.
    Raises ``PartnerUnknown``, ``PartnerChanged``, ``IdempotencyConflict``.
    """
    given: dict[str, str | None] = {"name": name, "kind": kind, "state": state}
    changes = {field: str(value) for field, value in given.items() if value is not None}
    asked: dict[str, Value] = {"partner_id": partner_id, "actor": actor, "version": version}
    request = request_of(
        client=client, key=key, operation="partner_change", asked=asked | dict(changes)
    )

    def effect() -> Answer:
        partner = partner_locked(partner_id)
        if version is not None and partner.version != version:
            raise PartnerChanged
        if any(getattr(partner, field) != value for field, value in changes.items()):
            Partner.objects.filter(id=partner_id).update(
                **changes, changed_by=actor, version=F("version") + 1
            )
            partner.refresh_from_db()
        return answer_keep(request, Answer(status=200, body=partner_body(partner)))

    return answer_once(request, effect)


def agreement_add(
    *,
    client: str,
    key: str,
    partner_id: uuid.UUID,
    starts_on: dt.date,
    ends_on: dt.date,
    reference: str,
    actor: uuid.UUID,
) -> Answer:
    """Record an agreement in force from ``starts_on`` to ``ends_on``, both included (201).

    The partner's row is locked, so that of two that overlap one is refused.  Raises
    ``PartnerUnknown``, ``AgreementDatesInvalid``, ``AgreementOverlaps``, ``IdempotencyConflict``.
    """
    if ends_on < starts_on:
        raise AgreementDatesInvalid
    request = request_of(
        client=client,
        key=key,
        operation="agreement_add",
        asked={
            "partner_id": partner_id,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "reference": reference,
            "actor": actor,
        },
    )

    def effect() -> Answer:
        partner = partner_locked(partner_id)
        overlapping = (
            Agreement.objects.filter(
                partner=partner, starts_on__lte=ends_on, ends_on__gte=starts_on
            )
            .order_by("starts_on")
            .first()
        )
        if overlapping is not None:
            raise AgreementOverlaps(
                starts_on=overlapping.starts_on.isoformat(),
                ends_on=overlapping.ends_on.isoformat(),
            )
        agreement = Agreement.objects.create(
            id=time_ordered_uuid(),
            partner=partner,
            starts_on=starts_on,
            ends_on=ends_on,
            reference=reference,
            actor=actor,
        )
        agreement.refresh_from_db()
        return answer_keep(request, Answer(status=201, body=agreement_body(agreement)))

    return answer_once(request, effect)


def partner_locked(partner_id: uuid.UUID) -> Partner:
    """The partner, locked until the commit.  Raises ``PartnerUnknown``."""
    partner = Partner.objects.select_for_update(no_key=True).filter(id=partner_id).first()
    if partner is None:
        raise PartnerUnknown
    return partner
