from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    name = "agent_console.receipts"
    label = "receipts"
    verbose_name = "Récépissés"
