"""Our account at Twilio, read from the settings at each call."""

from __future__ import annotations

import re

from django.conf import settings

# E.164, as Twilio writes numbers.
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


def missing() -> list[str]:
    """Names of the settings without which nothing of Twilio's is on; empty: all are there."""
    names = []
    if not _ACCOUNT.fullmatch(settings.TWILIO_ACCOUNT_SID):
        names.append("TWILIO_ACCOUNT_SID")
    if not settings.TWILIO_AUTH_TOKEN:  # without it no request can be verified
        names.append("TWILIO_AUTH_TOKEN")
    if bool(settings.TWILIO_API_KEY_SID) != bool(settings.TWILIO_API_KEY_SECRET):
        names.append("TWILIO_API_KEY_SID, TWILIO_API_KEY_SECRET")
    return names
