from django.apps import AppConfig


class PhoneDeskConfig(AppConfig):
    """Owns no table: screens of what `calls` keeps."""

    name = "agent_console.phone_desk"
    label = "phone_desk"
    verbose_name = "Appels : espace des opérateurs"
