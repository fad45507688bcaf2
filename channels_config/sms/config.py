"""Whether SMS are on and who sends them, read from the settings at each call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from channels_config.kit.twilio import account

_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
# French operators refuse applications' messages from mobile numbers (Arcep, plan national de
# numérotation, decision 2018-0881 and after).
_FRENCH_MOBILE = re.compile(r"\+33[67]")


class SenderKind(StrEnum):
    """How we appear to who reads; ``NAME`` alone can't be answered."""

    SERVICE = "service"
    SHORT_CODE = "short_code"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True)
class Sender:
    """``value`` as Twilio takes it."""

    kind: SenderKind
    value: str

    @property
    def is_two_way(self) -> bool:
        """Whether people can answer, and so write STOP."""
        return self.kind != SenderKind.NAME


def sender_read(value: str) -> Sender | None:
    """What ``TWILIO_SMS_FROM`` says; ``None`` when nothing can be sent under it."""
    kinds = (
        (_SERVICE, SenderKind.SERVICE),
        (_SHORT_CODE, SenderKind.SHORT_CODE),
        (account.NUMBER, SenderKind.NUMBER),
        (_NAME, SenderKind.NAME),
    )
    if _FRENCH_MOBILE.match(value):
        return None
    for pattern, kind in kinds:
        if pattern.fullmatch(value):
            return Sender(kind=kind, value=value)
    return None


def sender() -> Sender:
    """The configured sender; call it only while the channel ``is_on``."""
    found = sender_read(settings.TWILIO_SMS_FROM)
    assert found is not None
    return found


def missing() -> list[str]:
    """Names of the settings without which SMS stay off; empty: they are on."""
    names = account.missing()
    if sender_read(settings.TWILIO_SMS_FROM) is None:
        names.append("TWILIO_SMS_FROM")
    return names


def is_on() -> bool:
    """Whether the channel sends and receives."""
    return not missing()


def said_at_start() -> str:
    """One line for who starts the service."""
    if names := missing():
        return "SMS désactivés : manquant ou invalide : " + ", ".join(names)
    if not settings.TWILIO_VOICE_FROM:
        return "SMS activés ; TWILIO_VOICE_FROM manque : les téléphones fixes ne sont pas appelés"
    return "SMS activés"
