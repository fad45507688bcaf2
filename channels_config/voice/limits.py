"""How long things last on the telephone, and how often one number may call."""

from __future__ import annotations

from channels_config.kit.incoming import Flood
from channels_config.kit.rates import Rate

FLOOD = Flood("voice", (Rate("voice-hour", "12/hour"), Rate("voice-day", "40/day")))

# Twilio hangs up when nothing comes for 15 s (https://www.twilio.com/docs/errors/11200): one wait
# is well below, and several of them are what a caller bears with words in between.
ANSWER_WAIT_S = 8.0
ANSWER_TRIES = 5
# The third silence or misunderstanding in a row leads to a person.
MISSED_MAX = 3
# Slow talkers: how long nobody may have begun, how long a pause within a sentence may last, how
# long between two keys.
SILENCE_S = 8
PAUSE_IN_SPEECH_S = 3
KEYS_S = 6
RING_S = 20  # an operator's telephone
CALL_MAX_S = 4 * 3600
IN_ROOM_MAX = 5  # caller, operator, colleague, interpreter, and one who is about to leave
HINTS_MAX = 500  # phrases of at most 100 signs, Twilio
HINT_CHARS_MAX = 100
CHOICES_MAX = 9  # one key each; 0 is a person, * says it again
