"""Refusals as people and machines read them: code → HTTP status and French message."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    "wallet_unknown": (404, "Ce portefeuille n’existe pas."),
    "rule_unknown": (404, "Aucune règle en vigueur ne récompense cette action."),
    "reward_unknown": (404, "Cette récompense n’existe pas."),
    "entry_unknown": (404, "Cette écriture n’existe pas."),
    "proof_not_ready": (
        404,
        "Cette écriture n’est pas encore inscrite sur la chaîne, ou n’a pas à l’être.",
    ),
    "idempotency_conflict": (409, "Cette clé d’idempotence a déjà servi pour une autre demande."),
    "reward_not_pending": (409, "Cette récompense a déjà été attribuée ou refusée."),
    "evidence_already_rewarded": (409, "Ce justificatif a déjà donné lieu à une récompense."),
    "insufficient_points": (409, "Le solde de points ne suffit pas."),
}
