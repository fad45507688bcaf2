"""Providers of channels.  A channel whose secrets are missing is off, and says so at start.

``TWILIO_API_KEY_SID`` and ``_SECRET`` send; ``TWILIO_AUTH_TOKEN`` is what Twilio signs with, and
sends too where there is no key.  ``*_API_BASE_URL`` are the providers' own unless a test says
otherwise.
"""

from .env import env

TWILIO_ACCOUNT_SID: str = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN: str = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_API_KEY_SID: str = env.str("TWILIO_API_KEY_SID", default="")
TWILIO_API_KEY_SECRET: str = env.str("TWILIO_API_KEY_SECRET", default="")
TWILIO_API_BASE_URL: str = (
    env.str("TWILIO_API_BASE_URL", default="") or "https://api.twilio.com"
).rstrip("/")
# A short code, an authorised number (E.164), a messaging service (MG…) or a name of 1 to 11 signs.
TWILIO_SMS_FROM: str = env.str("TWILIO_SMS_FROM", default="")
# The number (E.164) that is called and calls; without it nobody can be told anything by telephone.
TWILIO_VOICE_FROM: str = env.str("TWILIO_VOICE_FROM", default="")
# How calls sound and are understood: names of Twilio's voices and speech models.
VOICE_NAME: str = env.str("VOICE_NAME", default="") or "Polly.Lea-Neural"
VOICE_SPEECH_MODEL: str = env.str("VOICE_SPEECH_MODEL", default="") or "googlev2_telephony"
# Whether talks with operators are recorded, which is announced first and can be refused.
VOICE_RECORDING: bool = env.str("VOICE_RECORDING", default="").strip().lower() in (
    "1",
    "on",
    "true",
)

TELEGRAM_BOT_TOKEN: str = env.str("TELEGRAM_BOT_TOKEN", default="")
TELEGRAM_WEBHOOK_SECRET: str = env.str("TELEGRAM_WEBHOOK_SECRET", default="")
TELEGRAM_API_BASE_URL: str = (
    env.str("TELEGRAM_API_BASE_URL", default="") or "https://api.telegram.org"
).rstrip("/")
