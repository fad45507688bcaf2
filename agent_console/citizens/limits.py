"""How often codes may be asked for and tried, as data.

Counted in the database and not in the cache: each code costs money and opens a wallet, so a restart
must not begin to count anew.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` within ``span``."""

    most: int
    span: timedelta


# Six digits and so many tries of so many codes: at most 50 of a million guesses in a day.
CODE_ATTEMPTS = 5
CODE_LIFETIME = timedelta(minutes=10)
PER_CONTACT = (
    Limit(3, timedelta(minutes=10)),
    Limit(10, timedelta(days=1)),
)
PER_REQUESTER = (
    Limit(5, timedelta(minutes=10)),
    Limit(20, timedelta(days=1)),
)
# Whoever asks from wherever: what an attack can cost the city at most.
OF_ALL = (
    Limit(60, timedelta(minutes=1)),
    Limit(1000, timedelta(hours=1)),
)
# A PIN is short and lasts: five failures lock it for an hour, and a code sets a new one.
PIN_ATTEMPTS = 5
PIN_LOCK = timedelta(hours=1)
