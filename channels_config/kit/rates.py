"""Limits that all processes share, counted in Valkey by the library ``limits``.

They protect from floods and keep to what providers allow; they are not the lock on any door.  So
while Valkey is away everything passes: the provider's own answer and the database's rules remain.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from service_kit.logs import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True)
class Rate:
    """At most so many in so long, for each key: ``Rate("telegram-chat", "1/second")``."""

    name: str
    rule: str

    @property
    def item(self) -> RateLimitItem:
        return parse(self.rule)

    def take(self, key: str) -> bool:
        """True when one more is allowed now, and counted."""
        try:
            return _limiter().hit(self.item, self.name, key)
        except (RedisError, OSError) as failure:
            _passed(failure)
            return True

    def wait_s(self, key: str) -> float:
        """0.0 when one more was allowed and counted, else the seconds until it may be."""
        if self.take(key):
            return 0.0
        try:
            reset_at = _limiter().get_window_stats(self.item, self.name, key).reset_time
        except (RedisError, OSError) as failure:
            _passed(failure)
            return 0.0
        return max(0.05, reset_at - time.time())


@cache
def _limiter() -> MovingWindowRateLimiter:
    storage = RedisStorage(
        settings.CACHES["default"]["LOCATION"],
        wrap_exceptions=False,
        key_prefix="mdmp:limits",
        socket_timeout=1.0,
        socket_connect_timeout=0.5,
    )
    return MovingWindowRateLimiter(storage)


def _passed(failure: Exception) -> None:
    logger.warning("limit not counted", extra={"code": type(failure).__name__})
