"""The telephone in an operator's page: an Access Token with a Voice grant
(https://www.twilio.com/docs/iam/access-tokens), by Twilio's own library.

It lets a page receive calls, and make none; it is as good as the operator's name for an hour, so it
is minted for who is signed in and may take calls, and never stored.
"""

from __future__ import annotations

from django.conf import settings
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

_VALID_S = 3600


def is_on() -> bool:
    """Tokens are signed with an API key, never with the account's own token."""
    return bool(settings.TWILIO_API_KEY_SID and settings.TWILIO_API_KEY_SECRET)


def identity(*, user_id: int) -> str:
    """By which an operator's page is rung; says nothing about them."""
    return f"agent_{user_id}"


def token(*, user_id: int) -> str | None:
    """A JWT for this operator's page; ``None`` without an API key."""
    if not is_on():
        return None
    minted = AccessToken(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_API_KEY_SID,
        settings.TWILIO_API_KEY_SECRET,
        identity=identity(user_id=user_id),
        ttl=_VALID_S,
    )
    minted.add_grant(VoiceGrant(incoming_allow=True))
    return str(minted.to_jwt())
