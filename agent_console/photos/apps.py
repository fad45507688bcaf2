from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class PhotosConfig(AppConfig):
    name = "agent_console.photos"
    label = "photos"
    verbose_name = "Photos"

    def ready(self) -> None:
        connect_grants(self, runtime_role=settings.RUNTIME_ROLE)
