"""Identifiers follow RFC 9562 and the order of time."""

from __future__ import annotations

import time
import uuid

from wallet_service.ledger.identifiers import time_ordered_uuid


def test_identifiers_are_version_7_and_carry_the_time() -> None:
    before_ms = time.time_ns() // 1_000_000
    made = time_ordered_uuid()
    after_ms = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before_ms <= made.int >> 80 <= after_ms


def test_identifiers_are_unique_and_later_ones_sort_later() -> None:
    made = [time_ordered_uuid() for _ in range(2000)]
    assert len(set(made)) == len(made)
    # Within the clock's resolution two may swap; a millisecond apart they never do.
    stamps = [value.int >> 64 for value in made]
    assert stamps == sorted(stamps)
