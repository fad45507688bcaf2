from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class OptOutsConfig(AppConfig):
    name = "agent_console.opt_outs"
    label = "opt_outs"
    verbose_name = "Oppositions aux messages"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["opt_outs_optoutchange"]
        )
