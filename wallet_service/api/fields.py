"""Bounded types of what supervisors and cashiers enter."""

from __future__ import annotations

from typing import Annotated

from ninja import Field
from pydantic import AfterValidator, StringConstraints

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.offers import domain
from wallet_service.offers.models import offers, partners, redemptions

# One line without control characters; a text may have line breaks.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"


def _communes(value: list[str]) -> list[str]:
    return sorted({domain.commune_of(insee) for insee in value})


Siret = Annotated[str, StringConstraints(pattern=r"^[0-9 ]{14,20}$")]
Insee = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$")]
Communes = Annotated[list[Insee], Field(max_length=domain.MAX_COMMUNES), AfterValidator(_communes)]
# Any spelling of a code: its own check symbol tells whether it is one.
VoucherCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
VersionNumber = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]

PartnerName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=partners.NAME_CHARS, pattern=_LINE
    ),
]
Reference = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=partners.REFERENCE_CHARS, pattern=_LINE
    ),
]
Title = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=offers.TITLE_CHARS, pattern=_LINE
    ),
]
Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=offers.TEXT_CHARS, pattern=_TEXT
    ),
]
Site = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=redemptions.SITE_CHARS, pattern=_LINE),
]

Price = Annotated[int, Field(strict=True, ge=1, le=MAX_POINTS_PER_ENTRY)]
Cents = Annotated[int, Field(strict=True, ge=0, le=domain.MAX_REIMBURSEMENT_CENTS)]
Stock = Annotated[int, Field(strict=True, ge=0, le=domain.MAX_STOCK)]
PerWallet = Annotated[int, Field(strict=True, ge=1, le=domain.MAX_PER_WALLET)]
VoucherDays = Annotated[int, Field(strict=True, ge=1, le=domain.MAX_VOUCHER_DAYS)]
