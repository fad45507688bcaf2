"""E-mail to colleagues and other bodies; off until a server is named.

``EMAIL_URL``: ``smtp+tls://user:password@host:587``, as django-environ reads it.
``ONCALL_EMAIL``: where dangers are written to.  Without them the console alone says so.
"""

from .env import env

IS_EMAIL_ON = bool(env.str("EMAIL_URL", default=""))
_SERVER = env.email_url("EMAIL_URL", default="dummymail://") if IS_EMAIL_ON else {}
EMAIL_BACKEND: str = _SERVER.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST: str = _SERVER.get("EMAIL_HOST", "")
EMAIL_PORT: int = _SERVER.get("EMAIL_PORT") or 25
EMAIL_HOST_USER: str = _SERVER.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD: str = _SERVER.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS: bool = _SERVER.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _SERVER.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds: a job waits no longer for a server
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="") or "ne-pas-repondre@localhost"
ONCALL_EMAIL = env.str("ONCALL_EMAIL", default="")
