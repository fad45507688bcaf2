"""Real time: the channel layer only says that something is new; clients fetch what they miss."""

from typing import Any

from .env import env

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        # The pub/sub layer: the core layer drops silently above its capacity.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [env.str("VALKEY_URL")], "prefix": "mdmp"},
    }
}
# Origins, beside our own, whose pages may embed the chat widget ("https://www.example.fr").
WEB_CHAT_ORIGINS: list[str] = env.list("WEB_CHAT_ORIGINS", default=[])
CHAT_TEXT_CHARS_MAX = 2000
