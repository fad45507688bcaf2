"""How far an outgoing message may get, step by step, and why it may stop: both as tables.

Channels translate what their provider says into these; operators read the French.
"""

from collections.abc import Mapping

from django.db.models import TextChoices


class DeliveryError(TextChoices):
    """Why a message was not delivered, or not yet; codes never change meaning."""

    PROVIDER_UNAVAILABLE = "provider_unavailable", "le prestataire ne répond pas"
    RATE_LIMITED = "rate_limited", "le prestataire demande de ralentir"
    QUIET = "quiet_hours", "attend la fin des heures calmes"
    LAYER_UNAVAILABLE = "channel_layer_unavailable", "le temps réel est interrompu"
    CHANNEL_OFF = "channel_off", "ce canal n’est pas configuré"
    CREDENTIALS = "credentials_refused", "le prestataire refuse nos identifiants"
    SENDER = "sender_refused", "notre numéro d’envoi est refusé"
    ACCOUNT = "account_suspended", "notre compte chez le prestataire est suspendu ou épuisé"
    ADDRESS_MISSING = "address_missing", "l’adresse n’est plus lisible"
    ADDRESS_INVALID = "address_invalid", "ce numéro ou cette adresse n’existe pas"
    NOT_MOBILE = "not_mobile", "ce numéro ne reçoit pas de SMS"
    COUNTRY = "country_refused", "ce pays n’est pas desservi"
    OPTED_OUT = "opted_out", "la personne ne veut plus de messages"
    BLOCKED = "blocked_by_recipient", "la personne a bloqué notre compte"
    UNREACHABLE = "unreachable", "téléphone éteint ou hors de portée"
    FILTERED = "filtered", "filtré par l’opérateur téléphonique"
    NO_ANSWER = "no_answer", "personne n’a décroché"
    BUSY = "busy", "la ligne était occupée"
    HUNG_UP = "hung_up", "la personne a raccroché avant de l’entendre"
    TOO_LONG = "text_too_long", "le message est trop long pour ce canal"
    EXPIRED = "expired", "le prestataire a renoncé après trop d’attente"
    CONTENT = "content_refused", "le prestataire refuse ce message"
    UNKNOWN = "provider_refused", "refusé par le prestataire"


# state → the states that may follow; what is not here came too late or out of order.
FOLLOWS: Mapping[str, frozenset[str]] = {
    "queued": frozenset({"sent", "delivered", "read", "failed"}),
    "sent": frozenset({"delivered", "read", "failed"}),
    "delivered": frozenset({"read"}),
    # A provider may give up and hear from the telephone afterwards.
    "failed": frozenset({"delivered", "read"}),
    "read": frozenset(),
}


def error_label(code: str) -> str:
    """The French of a code; a code of before this table is shown as it is."""
    return str(DeliveryError(code).label) if code in DeliveryError.values else code
