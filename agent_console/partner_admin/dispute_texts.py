"""Words for disputes; codes of the wallet on the left."""

from __future__ import annotations

STATES = {
    "open": "À décider",
    "refund_proposed": "Remboursement proposé",
    "refunded": "Remboursée",
    "dismissed": "Classée",
}
SIDES = {"partner": "le partenaire", "supervisor": "un superviseur"}
REASONS = {
    "captured_by_mistake": "Bon validé par erreur",
    "not_handed_over": "Service non rendu",
    "suspected_copy": "Copie soupçonnée",
    "other": "Autre raison",
}
DONE = {
    "refund": "Le remboursement est proposé : une autre personne doit maintenant l’approuver.",
    "dismiss": "La contestation est classée : le bon reste dû au partenaire.",
}


def reason(code: str) -> str:
    """A reason in words; one that is new here is shown as it is."""
    return REASONS.get(code, code)
