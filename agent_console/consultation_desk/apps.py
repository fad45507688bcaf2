from django.apps import AppConfig


class ConsultationDeskConfig(AppConfig):
    """Owns no table: supervisors' screens of consultations."""

    name = "agent_console.consultation_desk"
    label = "consultation_desk"
    verbose_name = "Consultations : espace des superviseurs"
