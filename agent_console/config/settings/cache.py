"""The shared cache: what may be lost at any moment, in Valkey beside the channel layer."""

from typing import Any

from .env import env

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("VALKEY_URL"),
        "KEY_PREFIX": "mdmp:cache",
        # A cache that doesn't answer is a miss, soon.
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 0.5},
    }
}
