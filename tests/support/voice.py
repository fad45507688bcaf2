"""A resident's telephone that calls the running system, as Twilio carries it."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.voice.tests.phone import Post, Telephone

from .system import System

# Twilio hangs up on whoever is silent for longer.
PROVIDER_WAITS_S = 15


def telephone(system: System, twilio: TwilioDouble, *, number: str | None = None) -> Telephone:
    """A telephone of its own; every answer must come within the provider's 15 seconds."""
    return Telephone(
        posting(system, twilio),
        number=number or f"+33612{secrets.randbelow(10**6):06d}",
        base=system.environment["PUBLIC_BASE_URL"],
        account=twilio.account,
    )


def posting(system: System, twilio: TwilioDouble) -> Post:
    """Signed requests to the console, whatever its public address is."""
    base = system.environment["PUBLIC_BASE_URL"]

    def post(address: str, form: Mapping[str, str]) -> str:
        signature = RequestValidator(twilio.token).compute_signature(address, dict(form))
        answer = httpx.post(
            system.console_url + address.removeprefix(base),
            content=urlencode(form),
            headers={
                "X-Twilio-Signature": signature,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=PROVIDER_WAITS_S,
        )
        return answer.raise_for_status().text

    return post
