"""A supervisor's pages about partners as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from service_kit.grants import connect_grants


class PartnerAdminConfig(AppConfig):
    name = "agent_console.partner_admin"
    label = "partner_admin"
    verbose_name = "Administration des partenaires"

    def ready(self) -> None:
        connect_grants(
            self, runtime_role=settings.RUNTIME_ROLE, append_only=["partner_admin_accountmade"]
        )
