"""The console's screens as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Screens only: it owns no table."""

    name = "agent_console.intake"
    label = "intake"
    verbose_name = "Console des agents"
