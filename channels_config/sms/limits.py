"""How fast we send to Twilio, and how much one telephone may send us."""

from __future__ import annotations

from channels_config.kit.incoming import Flood
from channels_config.kit.rates import Rate

# A messaging service queues by itself what its senders can't take; this keeps a burst of notices
# below what the API answers 429 to on an account with default concurrency.
OUTGOING = Rate("twilio-messages", "20/second")
CALLS = Rate("twilio-calls", "1/second")  # Twilio's default of outgoing calls per second
FLOOD = Flood("sms", (Rate("sms-minute", "20/minute"), Rate("sms-day", "200/day")))
MEDIA_MAX_BYTES = 10_000_000
MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
