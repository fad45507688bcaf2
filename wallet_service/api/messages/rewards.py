"""Refusals of rules and rewards."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    "rule_unknown": (404, "Aucune règle en vigueur ne récompense cette action."),
    "reward_unknown": (404, "Cette récompense n’existe pas."),
    "reward_not_pending": (409, "Cette récompense a déjà été attribuée ou refusée."),
    "evidence_already_rewarded": (409, "Ce justificatif a déjà donné lieu à une récompense."),
}
