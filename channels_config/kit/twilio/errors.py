"""Twilio's error numbers as the hub's reasons (https://www.twilio.com/docs/api/errors)."""

from __future__ import annotations

from collections.abc import Mapping

from agent_console.conversations.delivery_states import DeliveryError

_REASONS: Mapping[DeliveryError, tuple[int, ...]] = {
    DeliveryError.CREDENTIALS: (20003, 20008, 20404),
    DeliveryError.ACCOUNT: (10001, 20005, 21216, 30002),
    DeliveryError.RATE_LIMITED: (20429, 30022),
    DeliveryError.ADDRESS_INVALID: (21211, 21217, 21401, 21614, 30005, 13223, 13224),
    DeliveryError.NOT_MOBILE: (21635, 30006),
    DeliveryError.COUNTRY: (21215, 21408, 21612, 13227),
    DeliveryError.OPTED_OUT: (21610,),
    DeliveryError.BLOCKED: (30004,),
    DeliveryError.UNREACHABLE: (30003, 30008, 30017),
    DeliveryError.FILTERED: (30007, 30034, 30450),
    DeliveryError.SENDER: (21212, 21603, 21606, 21659, 21660, 30032),
    DeliveryError.TOO_LONG: (21605, 21617, 30019),
    DeliveryError.EXPIRED: (30001, 30036, 30410),
    DeliveryError.CONTENT: (21602, 21619, 21620, 30033, 63016),
}
_BY_NUMBER = {number: reason for reason, numbers in _REASONS.items() for number in numbers}


def reason(number: int | str | None) -> DeliveryError:
    """Why, in our words; what Twilio adds later is "refused by the provider"."""
    text = str(number or "")
    known = _BY_NUMBER.get(int(text)) if text.isdecimal() and len(text) <= 6 else None
    return known or DeliveryError.UNKNOWN
