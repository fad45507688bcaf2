from django.apps import AppConfig


class FacilityAdminConfig(AppConfig):
    name = "agent_console.facility_admin"
    label = "facility_admin"
    verbose_name = "Gestion des points de collecte"
