from django.apps import AppConfig


class PickupDeskConfig(AppConfig):
    name = "agent_console.pickup_desk"
    label = "pickup_desk"
    verbose_name = "Encombrants, écrans"
