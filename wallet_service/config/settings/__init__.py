"""Settings, one file per concern; what is missing or malformed stops the start-up."""

from .apps import DEFAULT_AUTO_FIELD, INSTALLED_APPS
from .database import DATABASES, WALLET_RUNTIME_ROLE
from .http import (
    ALLOWED_HOSTS,
    APPEND_SLASH,
    DATA_UPLOAD_MAX_MEMORY_SIZE,
    MIDDLEWARE,
    ROOT_URLCONF,
    WSGI_APPLICATION,
)
from .locale import LANGUAGE_CODE, TIME_ZONE, USE_I18N, USE_TZ
from .logs import LOGGING
from .points import POINTS_LIFETIME_MONTHS
from .secrets import DEBUG, SECRET_KEY, WALLET_API_TOKENS
from .settlement import RECONCILE_EVERY_S

__all__ = [
    "ALLOWED_HOSTS",
    "APPEND_SLASH",
    "DATABASES",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "LANGUAGE_CODE",
    "LOGGING",
    "MIDDLEWARE",
    "POINTS_LIFETIME_MONTHS",
    "RECONCILE_EVERY_S",
    "ROOT_URLCONF",
    "SECRET_KEY",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "WALLET_API_TOKENS",
    "WALLET_RUNTIME_ROLE",
    "WSGI_APPLICATION",
]
