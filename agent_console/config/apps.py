from django.apps import AppConfig, apps
from django.conf import settings

from service_kit.grants import connect_grants

_THIRD_PARTY = (
    "auth",
    "contenttypes",
    "sessions",
    "procrastinate",
    "otp_totp",
    "otp_static",
    "axes",
)


class ConsoleConfig(AppConfig):
    """The project itself: its commands, and the grants of tables that are not ours."""

    name = "agent_console.config"
    label = "console"
    verbose_name = "Console"

    def ready(self) -> None:
        for label in _THIRD_PARTY:
            connect_grants(apps.get_app_config(label), runtime_role=settings.RUNTIME_ROLE)
