from django.apps import AppConfig


class NudgesConfig(AppConfig):
    name = "agent_console.nudges"
    label = "nudges"
    verbose_name = "Monnaie incitative"
