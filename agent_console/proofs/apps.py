from django.apps import AppConfig


class ProofsConfig(AppConfig):
    name = "agent_console.proofs"
    label = "proofs"
    verbose_name = "Preuves"
