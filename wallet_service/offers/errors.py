"""Why partners, offers and vouchers were refused; see ``ledger.errors`` for what refusals share."""

from __future__ import annotations

from wallet_service.ledger.errors import InsufficientPoints, Refusal

from .domain import Obstacle


class PartnerUnknown(Refusal):
    """No partner has this id."""

    code = "partner_unknown"


class PartnerExists(Refusal):
    """A partner with this SIRET is already there."""

    code = "partner_exists"


class SiretInvalid(Refusal):
    """The number is no SIRET: its length or its check digit is wrong."""

    code = "siret_invalid"


class AgreementDatesInvalid(Refusal):
    """An agreement ends before it starts."""

    code = "agreement_dates_invalid"


class AgreementOverlaps(Refusal):
    """Another agreement of the partner covers some of the days; ``fields`` say which."""

    code = "agreement_overlaps"

    def __init__(self, *, starts_on: str, ends_on: str) -> None:
        super().__init__()
        self.fields = {"starts_on": starts_on, "ends_on": ends_on}


class PartnerSuspended(Refusal):
    """The partner is suspended: nothing of its can be had or captured."""

    code = "partner_suspended"


class AgreementNotInForce(Refusal):
    """No agreement with the partner covers the day, or the offer's whole validity."""

    code = "agreement_not_in_force"


class PartnerChanged(Refusal):
    """The partner is no longer the version that the caller has seen."""

    code = "partner_changed"


class OfferChanged(Refusal):
    """The offer is no longer the version that the caller has seen."""

    code = "offer_changed"


class OfferUnknown(Refusal):
    """No offer has this id."""

    code = "offer_unknown"


class OfferDatesInvalid(Refusal):
    """An offer ends before it starts."""

    code = "offer_dates_invalid"


class OfferStateRefused(Refusal):
    """The offer can't go from its state to the one asked for."""

    code = "offer_state_refused"


class StockBelowTaken(Refusal):
    """More vouchers are already taken than the new stock."""

    code = "stock_below_taken"


class OfferNotStarted(Refusal):
    """The offer begins later."""

    code = "offer_not_started"


class OfferExpired(Refusal):
    """The offer is over."""

    code = "offer_expired"


class OfferWithdrawn(Refusal):
    """The offer is not, or no longer, published."""

    code = "offer_withdrawn"


class OutOfStock(Refusal):
    """Every voucher of the offer is taken."""

    code = "out_of_stock"


class LimitReached(Refusal):
    """The wallet has had this offer as often as it may."""

    code = "limit_reached"


class OtherCommune(Refusal):
    """The offer is for residents of other communes."""

    code = "other_commune"


class CommuneNeeded(Refusal):
    """The offer is for some communes only, and none was given."""

    code = "commune_needed"


class RedemptionUnknown(Refusal):
    """No redemption has this id."""

    code = "redemption_unknown"


class RedemptionNotHeld(Refusal):
    """The voucher was already used, cancelled or has lapsed."""

    code = "redemption_not_held"


class VoucherUnknown(Refusal):
    """No voucher has this code."""

    code = "voucher_unknown"


class VoucherCodeMistyped(Refusal):
    """The code's check symbol does not fit, or it is no code at all."""

    code = "voucher_code_mistyped"


class VoucherOtherPartner(Refusal):
    """The voucher is for another partner."""

    code = "voucher_other_partner"


class VoucherAlreadyCaptured(Refusal):
    """The voucher was used before; ``fields`` say when and where."""

    code = "voucher_already_captured"

    def __init__(self, *, captured_at: str, site: str) -> None:
        super().__init__()
        self.fields = {"captured_at": captured_at, "site": site}


class VoucherCancelled(Refusal):
    """The resident gave the voucher back."""

    code = "voucher_cancelled"


class VoucherExpired(Refusal):
    """The voucher was not used in time."""

    code = "voucher_expired"


class VoucherRefunded(Refusal):
    """The voucher's points went back to the resident after a dispute."""

    code = "voucher_refunded"


class VoucherNotCaptured(Refusal):
    """Only a voucher that was used can be disputed or refunded."""

    code = "voucher_not_captured"


class DisputeUnknown(Refusal):
    """No dispute has this id."""

    code = "dispute_unknown"


class DisputeExists(Refusal):
    """The voucher is being disputed already."""

    code = "dispute_exists"


class DisputeFinal(Refusal):
    """The voucher was disputed again after a dismissal, and that was dismissed too."""

    code = "dispute_final"


class DisputeDecided(Refusal):
    """The dispute was decided before."""

    code = "dispute_decided"


class StatementUnknown(Refusal):
    """No statement has this id."""

    code = "statement_unknown"


class NothingToClose(Refusal):
    """No captured voucher waits for a statement before this day."""

    code = "nothing_to_close"


class PeriodClosed(Refusal):
    """A statement has closed this period: its points are burnt and owed."""

    code = "period_closed"


class PeriodNotOver(Refusal):
    """A period can be closed once its last day is over."""

    code = "period_not_over"


# Every obstacle that the catalogue names is the refusal of the redemption that ignores it.
OBSTACLES: dict[Obstacle, type[Refusal]] = {
    Obstacle(kind.code): kind
    for kind in (
        OfferWithdrawn,
        PartnerSuspended,
        AgreementNotInForce,
        OfferNotStarted,
        OfferExpired,
        OutOfStock,
        OtherCommune,
        CommuneNeeded,
        LimitReached,
        InsufficientPoints,
    )
}
