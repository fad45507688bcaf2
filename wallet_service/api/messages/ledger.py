"""Refusals of wallets, entries, their proofs and idempotency keys."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    "wallet_unknown": (404, "Ce portefeuille n’existe pas."),
    "entry_unknown": (404, "Cette écriture n’existe pas."),
    "proof_not_ready": (
        404,
        "Cette écriture n’est pas encore inscrite sur la chaîne, ou n’a pas à l’être.",
    ),
    "idempotency_conflict": (409, "Cette clé d’idempotence a déjà servi pour une autre demande."),
    "insufficient_points": (409, "Le solde de points ne suffit pas."),
    "partner_account_unknown": (404, "Ce compte de partenaire n’existe pas."),
    "holder_conflict": (409, "Cet identifiant est déjà celui d’un autre compte."),
    "hold_ended": (409, "Ces points réservés ont déjà été utilisés ou rendus."),
    "already_refunded": (409, "Ces points ont déjà été rendus."),
    "already_reversed": (409, "Cette récompense a déjà été reprise."),
    "issuing_stopped": (
        503,
        "L’attribution de points est suspendue le temps d’une vérification.",
    ),
    "merge_unknown": (404, "Cette réunion de portefeuilles n’existe pas."),
    "merge_conflict": (409, "L’un des deux portefeuilles est déjà réuni à un autre."),
    "merge_followed": (409, "Une réunion plus récente est à annuler d’abord."),
    "merge_too_late": (409, "Le délai pour annuler cette réunion est passé."),
    "notice_unknown": (404, "Cette annonce n’existe pas."),
    "notice_acknowledged": (409, "Cette annonce a déjà reçu une autre réponse."),
}
