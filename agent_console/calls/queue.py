"""Puts this app's jobs into the queue, inside the caller's transaction; arguments are ids."""

import uuid

from procrastinate.contrib.django import app


def enqueue_settle(*, call_id: uuid.UUID) -> None:
    """Have a call's room brought to what its rows say, one job at a time."""
    app.configure_task("calls.settle", lock=f"call:{call_id}").defer(call_id=str(call_id))


def enqueue_hang_up(*, provider_id: str) -> None:
    """Have a telephone hung up that rings for nothing."""
    app.configure_task("calls.hang_up", lock=f"leg:{provider_id}").defer(provider_id=provider_id)


def enqueue_call_back(*, call_back_id: uuid.UUID, attempt: int) -> None:
    """Have an operator's telephone ring, then the resident's."""
    app.configure_task("calls.call_back", lock=f"call-back:{call_back_id}").defer(
        call_back_id=str(call_back_id), attempt=attempt
    )


def enqueue_recording(*, recording_id: int) -> None:
    """Have a recording deleted at the telephone company."""
    app.configure_task("calls.forget_recording", lock=f"recording:{recording_id}").defer(
        recording_id=recording_id
    )
