"""Whether calls are on and how they sound, read from the settings at each call."""

from __future__ import annotations

from django.conf import settings

from channels_config.kit.twilio import account

# Of every Gather and Say: the service speaks French on the telephone.
LANGUAGE = "fr-FR"


def missing() -> list[str]:
    """Names of the settings without which calls stay off; empty: they are on."""
    names = account.missing()
    if not account.NUMBER.fullmatch(settings.TWILIO_VOICE_FROM):
        names.append("TWILIO_VOICE_FROM")
    return names


def is_on() -> bool:
    """Whether the channel answers calls."""
    return not missing()


def said_at_start() -> str:
    """One line for who starts the service."""
    if names := missing():
        return "Appels désactivés : manquant ou invalide : " + ", ".join(names)
    recorded = "enregistrés avec les conseillers, sauf refus" if settings.VOICE_RECORDING else ""
    return "Appels activés" + (f" ; {recorded}" if recorded else "")
