"""Puts this app's jobs into the queue, inside the caller's transaction; arguments are ids."""

import uuid

from procrastinate.contrib.django import app


def enqueue_count(*, consultation_id: uuid.UUID) -> None:
    """Have a closed consultation's ballots counted."""
    app.configure_task("consultations.count", lock=f"consultation:{consultation_id}").defer(
        consultation_id=str(consultation_id)
    )


def enqueue_reward(*, evidence: uuid.UUID) -> None:
    """Have the wallet asked for the points of a vote."""
    app.configure_task("consultations.reward", lock=f"vote:{evidence}").defer(
        evidence=str(evidence)
    )


def enqueue_masking(*, proposal_id: uuid.UUID) -> None:
    """Have a proposal's words masked, so that a supervisor may read them."""
    app.configure_task("consultations.mask", lock=f"proposal:{proposal_id}").defer(
        proposal_id=str(proposal_id)
    )
