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
}
