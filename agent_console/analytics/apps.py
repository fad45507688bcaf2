from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_delete

from service_kit.grants import connect_grants

_APPEND_ONLY = [
    "analytics_study",
    "analytics_weektonnage",
    "analytics_sitecommune",
    "analytics_yearspending",
]


class AnalyticsConfig(AppConfig):
    name = "agent_console.analytics"
    label = "analytics"
    verbose_name = "Analyses"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=_APPEND_ONLY)
        post_delete.connect(
            _recount, sender=self.get_model("Episode"), dispatch_uid="analytics-recount"
        )


def _recount(instance: Any, **kwargs: Any) -> None:
    """An episode went with its conversation: its day's totals change in the same transaction."""
    from .services import day_recount  # models are there once apps are ready

    day_recount(day=instance.day)
