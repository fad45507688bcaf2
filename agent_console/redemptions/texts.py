"""Why an offer can't be had, or a voucher not be given back: one text per stable code."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "insufficient_points": "Pas assez de points",
    "out_of_stock": "Épuisée",
    "limit_reached": "Nombre maximal par personne déjà atteint",
    "other_commune": "Réservée à d’autres communes",
    "commune_needed": "Choisissez d’abord la commune",
    "offer_not_started": "Pas encore disponible",
    "offer_expired": "Terminée",
    "offer_changed": "Le prix a changé entre-temps, à relire à la personne",
    "offer_withdrawn": "Retirée",
    "offer_unknown": "Retirée",
    "agreement_not_in_force": "Indisponible : la convention du partenaire n’est pas en cours",
    "partner_suspended": "Indisponible chez ce partenaire",
    "redemption_not_held": (
        "Ce bon ne peut plus être annulé : il est utilisé, expiré ou déjà annulé."
    ),
}
UNAVAILABLE = "Le porte-monnaie ne répond pas. Réessayez dans un instant."


def reason(code: str, message: str = "") -> str:
    """The text for a code; an unknown one keeps the wallet's own French message."""
    return REASONS.get(code) or message or "Indisponible"
