"""Asking Twilio for something: its refusals and silences as our reasons."""

from __future__ import annotations

from collections.abc import Callable

from twilio.base.exceptions import TwilioException, TwilioRestException

from agent_console.conversations.delivery_states import DeliveryError
from agent_console.conversations.errors import DeliveryFailed

from .client import ProviderUnavailable
from .errors import reason


def patient(wait_s: float) -> None:
    """Raise ``DeliveryFailed`` (try again later) when our own limit says to wait."""
    if wait_s:
        raise DeliveryFailed(permanent=False, code=DeliveryError.RATE_LIMITED, retry_after_s=wait_s)


def asked(ask: Callable[[], str]) -> str:
    """What ``ask`` returns; raises ``DeliveryFailed``."""
    try:
        return ask()
    except ProviderUnavailable as failure:
        code = (
            DeliveryError.RATE_LIMITED if failure.is_limit else DeliveryError.PROVIDER_UNAVAILABLE
        )
        raise DeliveryFailed(
            permanent=False, code=code, retry_after_s=failure.retry_after_s
        ) from failure
    except TwilioRestException as refusal:
        code = DeliveryError.CREDENTIALS if refusal.status == 401 else reason(refusal.code)
        is_passing = code == DeliveryError.RATE_LIMITED
        # `from None`: the library's error quotes the number.
        raise DeliveryFailed(permanent=not is_passing, code=code) from None
    except (TwilioException, ValueError):
        # An answer that is no answer: whether it was taken is not known, so it is sent again.
        raise DeliveryFailed(permanent=False, code=DeliveryError.PROVIDER_UNAVAILABLE) from None
