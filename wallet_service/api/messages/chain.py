"""Refusals of chain status and reconciliation."""

from __future__ import annotations

REFUSALS: dict[str, tuple[int, str]] = {
    "reconciliation_unknown": (404, "Ce rapprochement n’existe pas."),
}
