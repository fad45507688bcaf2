"""Who sends: HMAC-SHA256 over ``<timestamp>.<body>`` with the collector's secret, like Stripe's.

The timestamp is signed, so an old request can't be sent again later; within the window a repeated
request is harmless, because each deposit counts once.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

WINDOW_S = 300
_PREFIX = "sha256="
_DIGITS_MAX = 12


class NotSigned(Exception):
    """The request is not from a collector that we know, or not from now; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signed:
    """The three headers as they were sent; a missing one is empty."""

    collector: str
    timestamp: str
    signature: str


def sign(*, secret: str, timestamp: int, body: bytes) -> str:
    """The header ``X-Signature``."""
    message = f"{timestamp}.".encode() + body
    return _PREFIX + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def verify(*, signed: Signed, body: bytes, secrets: Mapping[str, str], now: float) -> str:
    """The collector's name; ``now`` is in seconds since 1970 (UTC).

    Raises ``NotSigned``: ``signature_missing``, ``signature_invalid`` (an unknown collector too:
    who is known is nobody's business), ``timestamp_stale`` (over ``WINDOW_S`` away, either side).
    """
    if not (signed.collector and signed.timestamp and signed.signature):
        raise NotSigned("signature_missing")
    is_number = signed.timestamp.isascii() and signed.timestamp.isdecimal()
    if not is_number or len(signed.timestamp) > _DIGITS_MAX:
        raise NotSigned("signature_invalid")
    timestamp = int(signed.timestamp)
    # An unknown name is compared too, with a secret that nobody has.
    secret = secrets.get(signed.collector) or hashlib.sha256(body).hexdigest() + "unknown"
    expected = sign(secret=secret, timestamp=timestamp, body=body)
    is_same = hmac.compare_digest(expected.encode(), signed.signature.encode())
    if not is_same or signed.collector not in secrets:
        raise NotSigned("signature_invalid")
    if abs(now - timestamp) > WINDOW_S:
        raise NotSigned("timestamp_stale")
    return signed.collector
