"""Partners and their agreements.

Actors are numbers drawn by ``agent_console.staff``; dates are whole days in Europe/Paris, and an
agreement covers its last day.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .http import request
from .pages import all_items


@dataclass(frozen=True)
class AgreementView:
    """A convention: from ``starts_on`` to ``ends_on``, both included."""

    id: uuid.UUID
    starts_on: date
    ends_on: date
    reference: str
    actor: uuid.UUID
    created_at: datetime


@dataclass(frozen=True)
class PartnerView:
    """A partner and its agreements.

    ``kind`` is ``metropolitan`` or ``partner``, ``state`` ``active`` or ``suspended``.  Agreements
    stand newest first.  Of a suspended partner nothing can be had or captured.
    """

    id: uuid.UUID
    siret: str
    name: str
    kind: str
    state: str
    version: int
    agreements: Sequence[AgreementView]


def partner_list() -> list[PartnerView]:
    """Every partner (a city has some hundreds)."""
    return [_partner(item) for item in all_items("/v1/partners")]


def partner_get(partner_id: uuid.UUID) -> PartnerView:
    """Raises ``WalletRefused`` (``partner_unknown``) or ``WalletUnavailable``."""
    return _partner(request("GET", f"/v1/partners/{partner_id}"))


def partner_create(
    *, key: uuid.UUID, siret: str, name: str, kind: str, actor: uuid.UUID
) -> PartnerView:
    """Make a partner; refusals: ``partner_exists``, ``siret_invalid``."""
    return _partner(
        request(
            "POST",
            "/v1/partners",
            key=f"partner:{key}",
            json={"siret": siret, "name": name, "kind": kind, "actor": str(actor)},
        )
    )


def partner_update(
    *,
    key: uuid.UUID,
    partner_id: uuid.UUID,
    version: int,
    changes: Mapping[str, str],
    actor: uuid.UUID,
) -> PartnerView:
    """Change a partner's ``name``, ``kind`` or ``state``; its SIRET stays.

    ``version`` is the one that the editor saw.  Refusal: ``partner_changed`` meanwhile.
    """
    return _partner(
        request(
            "PATCH",
            f"/v1/partners/{partner_id}",
            key=f"partner-change:{key}",
            json={**changes, "version": version, "actor": str(actor)},
        )
    )


def agreement_add(
    *,
    key: uuid.UUID,
    partner_id: uuid.UUID,
    starts_on: date,
    ends_on: date,
    reference: str,
    actor: uuid.UUID,
) -> None:
    """Add an agreement; refusals: ``agreement_dates_invalid``, ``agreement_overlaps``."""
    request(
        "POST",
        f"/v1/partners/{partner_id}/agreements",
        key=f"agreement:{key}",
        json={
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            "reference": reference,
            "actor": str(actor),
        },
    )


def _partner(body: dict[str, Any]) -> PartnerView:
    agreements = sorted(
        map(_agreement, body.get("agreements", [])), key=lambda one: one.starts_on, reverse=True
    )
    return PartnerView(
        id=uuid.UUID(body["id"]),
        siret=body["siret"],
        name=body["name"],
        kind=body["kind"],
        state=body["state"],
        version=body["version"],
        agreements=tuple(agreements),
    )


def _agreement(body: dict[str, Any]) -> AgreementView:
    return AgreementView(
        id=uuid.UUID(body["id"]),
        starts_on=date.fromisoformat(body["starts_on"]),
        ends_on=date.fromisoformat(body["ends_on"]),
        reference=body["reference"],
        actor=uuid.UUID(body["actor"]),
        created_at=datetime.fromisoformat(body["created_at"]),
    )
