"""Fixtures that the channels' tests share with the console's."""

from agent_console.conftest import (
    committed_jobs,
    contact_point,
    conversation,
    photo_files,
    pytest_configure,
)

__all__ = ["committed_jobs", "contact_point", "conversation", "photo_files", "pytest_configure"]
