from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class PickupsConfig(AppConfig):
    name = "agent_console.pickups"
    label = "pickups"
    verbose_name = "Encombrants"

    def ready(self) -> None:
        connect_grants(
            self,
            runtime_role=settings.RUNTIME_ROLE,
            append_only=["pickups_bookingstep", "pickups_settingchange"],
        )
