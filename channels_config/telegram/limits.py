"""How fast we send to Telegram, and how much one account may send us.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about one message
a second to a chat, short bursts allowed, thirty a second to all.
"""

from __future__ import annotations

from channels_config.kit.incoming import Flood
from channels_config.kit.rates import Rate

CHAT = Rate("telegram-chat", "4/4second")
ALL = Rate("telegram-all", "28/second")
FLOOD = Flood("telegram", (Rate("telegram-minute", "30/minute"), Rate("telegram-day", "400/day")))
GROUP = Rate("telegram-group", "1/hour")  # how often a group is told that we talk in private only
BODY_MAX_BYTES = 256 * 1024
MEDIA_MAX_BYTES = 10_000_000
