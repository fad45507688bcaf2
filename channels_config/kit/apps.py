from django.apps import AppConfig


class ChannelKitConfig(AppConfig):
    """Texts that every channel says in the same words."""

    name = "channels_config.kit"
    label = "channel_kit"
    verbose_name = "Canaux"
