"""Puts this app's jobs into the queue, inside the caller's transaction; arguments are ids."""

import uuid

from procrastinate.contrib.django import app


def enqueue_screening(*, report_id: uuid.UUID) -> None:
    """Have the report's words read and who they name hidden."""
    _defer("reports.screen", report_id)


def enqueue_locating(*, report_id: uuid.UUID) -> None:
    """Have the rest of the report's place found; apart, so that a geocoder holds up no reward."""
    app.configure_task("reports.locate", lock=f"locate:{report_id}").defer(report_id=str(report_id))


def enqueue_reward(*, report_id: uuid.UUID) -> None:
    """Have the promised reward opened in the wallet."""
    _defer("reports.reward", report_id)


def enqueue_outcome(*, report_id: uuid.UUID) -> None:
    """Have the reward settled and the citizen told."""
    _defer("reports.outcome", report_id)


def enqueue_page(*, page_id: int, level: int) -> None:
    """Have people on call written to."""
    app.configure_task("reports.page", lock=f"page:{page_id}").defer(page_id=page_id, level=level)


def enqueue_forward(*, forward_id: int) -> None:
    """Have the competent body written to."""
    app.configure_task("reports.forward", lock=f"forward:{forward_id}").defer(forward_id=forward_id)


def _defer(task: str, report_id: uuid.UUID) -> None:
    # One lock per report: its jobs run in the order of their causes.
    app.configure_task(task, lock=f"report:{report_id}").defer(report_id=str(report_id))
