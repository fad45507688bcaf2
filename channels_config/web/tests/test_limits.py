"""The token bucket."""

from __future__ import annotations

from channels_config.web.limits import TokenBucket


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_passes_and_the_next_one_waits() -> None:
    clock = Clock()
    bucket = TokenBucket(burst=3, per_second=2, clock=clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now_s += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_silence_earns_no_more_than_the_burst() -> None:
    clock = Clock()
    bucket = TokenBucket(burst=3, per_second=2, clock=clock)
    clock.now_s += 3600
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
