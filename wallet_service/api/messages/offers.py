"""Refusals about partners, offers, vouchers, disputes and statements."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    # Partners
    "partner_unknown": (404, "Ce partenaire n’existe pas."),
    "partner_exists": (409, "Un partenaire porte déjà ce numéro SIRET."),
    "partner_changed": (409, "Ce partenaire a été modifié entre-temps : relisez-le."),
    "siret_invalid": (422, "Ce numéro SIRET n’est pas valide : vérifiez ses 14 chiffres."),
    "agreement_dates_invalid": (422, "La convention finit avant de commencer."),
    "agreement_overlaps": (
        409,
        "Une convention de ce partenaire couvre déjà une partie de ces dates.",
    ),
    "partner_suspended": (409, "Ce partenaire est suspendu."),
    "agreement_not_in_force": (
        409,
        "Aucune convention en vigueur avec ce partenaire à cette date.",
    ),
    # Offers
    "offer_unknown": (404, "Cette offre n’existe pas."),
    "offer_changed": (409, "Cette offre a été modifiée entre-temps : relisez-la."),
    "offer_dates_invalid": (422, "L’offre finit avant de commencer."),
    "offer_state_refused": (409, "L’offre ne peut pas passer à cet état."),
    "stock_below_taken": (409, "Plus de bons ont déjà été pris que ce stock n’en permet."),
    "offer_not_started": (409, "Cette offre n’a pas encore commencé."),
    "offer_expired": (409, "Cette offre est terminée."),
    "offer_withdrawn": (409, "Cette offre n’est plus proposée."),
    "out_of_stock": (409, "Cette offre est épuisée."),
    "limit_reached": (409, "Vous avez déjà pris cette offre autant de fois que possible."),
    "other_commune": (409, "Cette offre est réservée aux habitants d’autres communes."),
    "commune_needed": (409, "Cette offre est réservée à certaines communes : indiquez la vôtre."),
    # Vouchers
    "redemption_unknown": (404, "Cet échange n’existe pas."),
    "redemption_not_held": (409, "Ce bon a déjà été utilisé, annulé, ou a expiré."),
    "voucher_unknown": (404, "Aucun bon ne porte ce code."),
    "voucher_code_mistyped": (422, "Ce code contient une erreur : relisez-le."),
    "voucher_other_partner": (409, "Ce bon est à utiliser chez un autre partenaire."),
    "voucher_already_captured": (409, "Ce bon a déjà été utilisé."),
    "voucher_cancelled": (409, "Ce bon a été annulé : les points ont été rendus."),
    "voucher_expired": (409, "Ce bon a expiré."),
    "voucher_refunded": (409, "Ce bon a été remboursé après une contestation."),
    "voucher_not_captured": (409, "Ce bon n’a pas été utilisé : il n’y a rien à contester."),
    # Disputes
    "dispute_unknown": (404, "Cette contestation n’existe pas."),
    "dispute_exists": (409, "Ce bon fait déjà l’objet d’une contestation."),
    "dispute_final": (
        409,
        "La contestation de ce bon a été écartée deux fois : la décision est définitive.",
    ),
    "dispute_decided": (409, "Cette contestation a déjà été tranchée."),
    # Statements
    "statement_unknown": (404, "Ce relevé n’existe pas."),
    "nothing_to_close": (409, "Aucun bon utilisé n’attend d’être clôturé avant cette date."),
    "period_closed": (409, "Cette période est déjà clôturée."),
    "period_not_over": (409, "Cette période n’est pas terminée."),
}
