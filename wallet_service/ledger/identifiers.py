"""Time-ordered identifiers (RFC 9562 version 7), so that new rows land at an index's end."""

from __future__ import annotations

import os
import time
import uuid

_FRACTION_STEPS = 4096  # the 12 bits of rand_a hold the fraction of a millisecond (RFC 9562 §6.2)


def time_ordered_uuid() -> uuid.UUID:
    """A version 7 UUID: milliseconds, their fraction in 1/4096, then 62 random bits."""
    now_ns = time.time_ns()
    milliseconds, rest_ns = divmod(now_ns, 1_000_000)
    fraction = rest_ns * _FRACTION_STEPS // 1_000_000
    random_bits = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | fraction << 64 | 0b10 << 62 | random_bits
    return uuid.UUID(int=value)
