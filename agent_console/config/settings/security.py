"""Addresses, cookies, headers."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .env import env

DEBUG = False
SECRET_KEY = env.str("CONSOLE_SECRET_KEY")
# Keys the digests of what may not be stored in clear (card numbers, places).  Apart from
# SECRET_KEY: that one is changed after an accident, this one can't be without losing every link
# that it made.
DIGEST_KEY = env.str("CONSOLE_DIGEST_KEY")
# Seal the addresses that people are reached at: the first seals, every one of them opens.
ADDRESS_KEYS: list[str] = env.list("CONSOLE_ADDRESS_KEYS")
if not ADDRESS_KEYS or any(len(key) < 32 for key in ADDRESS_KEYS):
    raise ImproperlyConfigured("CONSOLE_ADDRESS_KEYS: one key or more, 32 characters or more each")
# What people's addresses start with: providers sign it, QR codes hold it.
PUBLIC_BASE_URL: str = env.str("PUBLIC_BASE_URL").rstrip("/")
_PUBLIC = urlsplit(PUBLIC_BASE_URL)
_HTTPS = _PUBLIC.scheme == "https"

ALLOWED_HOSTS = [
    _PUBLIC.hostname or "",
    "localhost",
    "127.0.0.1",
    *env.list("ALLOWED_HOSTS", default=[]),
]
CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 24 * 3600  # seconds; sessions of staff end earlier (``auth``)
CSRF_COOKIE_SECURE = _HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
