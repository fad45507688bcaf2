from django.apps import AppConfig


class StaffAdminConfig(AppConfig):
    name = "agent_console.staff_admin"
    label = "staff_admin"
    verbose_name = "Comptes des agents"
