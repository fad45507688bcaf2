"""Which channels are on; what a process says of it when it starts."""

from __future__ import annotations

from channels_config.sms import config as sms
from channels_config.telegram import config as telegram
from channels_config.voice import config as voice


def said_at_start() -> list[str]:
    """One line per channel that has something to say, in French, without any secret."""
    return [
        line
        for line in (sms.said_at_start(), voice.said_at_start(), telegram.said_at_start())
        if line
    ]
