from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class PartnersConfig(AppConfig):
    name = "agent_console.partners"
    label = "partners"
    verbose_name = "Portail des partenaires"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["partners_cashierchange"]
        )
