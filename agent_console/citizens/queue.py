"""Puts jobs about residents into the queue, inside the caller's transaction; arguments are ids."""

import uuid

from procrastinate.contrib.django import app


def enqueue_code(*, code_id: uuid.UUID) -> None:
    """Have a one-time code brought to its contact."""
    app.configure_task("citizens.bring_code").defer(code_id=str(code_id))


def enqueue_wallets(*, merge_id: uuid.UUID) -> None:
    """Have the wallets of a merge made one, or two again (``agent_console.identity``)."""
    app.configure_task("identity.wallets", lock=f"merge:{merge_id}").defer(merge_id=str(merge_id))


def enqueue_consent(*, resident_id: uuid.UUID) -> None:
    """Have waiting points come, or go, after an answer (``agent_console.rights``)."""
    app.configure_task("rights.consent", lock=f"consent:{resident_id}").defer(
        resident_id=str(resident_id)
    )
