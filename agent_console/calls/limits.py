"""How long a caller waits before they are offered a call instead."""

from datetime import timedelta

# Expected or spent: longer than this, a call-back is offered, and waiting stays possible.
LONG_WAIT = timedelta(minutes=10)
# How far back operators' pace is looked at.
PACE_OVER = timedelta(hours=1)
# No provider keeps a call longer; one whose end was never told is ended then.
CALL_MAX = timedelta(hours=4)
