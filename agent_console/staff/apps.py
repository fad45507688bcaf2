from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants

_APPEND_ONLY = ("staff_staffactor", "staff_accountchange")


class StaffConfig(AppConfig):
    name = "agent_console.staff"
    label = "staff"
    verbose_name = "Agents"

    def ready(self) -> None:
        from . import expiry, initial_passwords  # noqa: F401 - hear of every sign-in

        # Of the audit trail, a trigger refuses changes; retention may delete what is old enough.
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE, append_only=_APPEND_ONLY)
